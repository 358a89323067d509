/// A language that the catalogue speaks.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Language {
    /// Chinese, in simplified characters.
    Chinese,
    /// English.
    #[default]
    English,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Chinese, Self::English];

    /// Chooses a language: what was set wins; else the locale, as in `LANG`; else English.
    #[must_use]
    pub fn choose(setting: Option<Self>, locale: Option<&str>) -> Self {
        setting
            .or_else(|| locale.and_then(Self::parse))
            .unwrap_or_default()
    }

    /// Reads a language tag (`zh-Hans`) or a locale (`zh_CN.UTF-8`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let language = text.split(['-', '_', '.', '@']).next()?;
        match language.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "zh" => Some(Self::Chinese),
            _ => None,
        }
    }

    /// The language tag (BCP 47).
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }
}
