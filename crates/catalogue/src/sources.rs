use crate::language::Language;

/// The message files of a language.
pub(crate) fn of(language: Language) -> &'static [&'static str] {
    match language {
        Language::Chinese => &CHINESE,
        Language::English => &ENGLISH,
    }
}

/// Embeds the same files for one language.
macro_rules! sources {
    ($language:literal) => {
        [
            include_str!(concat!("../messages/", $language, "/demo.ftl")),
            include_str!(concat!("../messages/", $language, "/inspect.ftl")),
            include_str!(concat!("../messages/", $language, "/issuer.ftl")),
            include_str!(concat!("../messages/", $language, "/operator.ftl")),
            include_str!(concat!("../messages/", $language, "/shared.ftl")),
            include_str!(concat!("../messages/", $language, "/verifier.ftl")),
            include_str!(concat!("../messages/", $language, "/wallet.ftl")),
        ]
    };
}

const CHINESE: [&str; 7] = sources!("zh");
const ENGLISH: [&str; 7] = sources!("en");
