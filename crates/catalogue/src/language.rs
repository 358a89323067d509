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

    /// Chooses among what a browser's `Accept-Language` lists (RFC 9110, section 12.5.4): the
    /// language of the greatest weight that is spoken here, the first of equals.
    #[must_use]
    pub fn prefer(accepted: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for range in accepted.split(',').take(MOST_RANGES) {
            let mut parts = range.split(';').map(str::trim);
            let language = parts.next().and_then(Self::parse);
            let weight = parts.find_map(|part| part.strip_prefix("q="));
            let weight = weight.map_or(Some(1000), thousandths);
            if let (Some(language), Some(weight @ 1..)) = (language, weight)
                && best.is_none_or(|(most, _)| weight > most)
            {
                best = Some((weight, language));
            }
        }
        best.map(|(_, language)| language)
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

/// Reads a weight: 0, 1, or up to three decimals between them.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let decimals: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(decimals),
        "1" if decimals == 0 => Some(1000),
        _ => None,
    }
}

/// Nobody reads more languages.
const MOST_RANGES: usize = 32;
