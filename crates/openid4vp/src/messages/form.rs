use url::form_urlencoded;

/// The parameters of a query or of an `application/x-www-form-urlencoded` body, each at most once
/// (RFC 6749, section 3.1).
#[derive(Clone, Default)]
pub struct Parameters(Vec<(String, String)>);

/// Why parameters are refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FormError {
    /// A parameter occurs twice.
    #[error("a parameter occurs twice")]
    Duplicate,
    /// The text is longer than 64 KiB, or has too many parameters.
    #[error("the parameters are too large")]
    Size,
    /// A name or value is not UTF-8.
    #[error("a parameter is not UTF-8")]
    Utf8,
}

impl Parameters {
    /// Reads an encoded query or body.
    ///
    /// # Errors
    /// [`FormError`]
    pub fn parse(encoded: &[u8]) -> Result<Self, FormError> {
        if encoded.len() > MAX_BYTES {
            return Err(FormError::Size);
        }
        let mut parameters: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(encoded) {
            if parameters.iter().any(|(known, _)| *known == name) {
                return Err(FormError::Duplicate);
            }
            if parameters.len() == MAX_PARAMETERS {
                return Err(FormError::Size);
            }
            // The decoder writes this character for what is not UTF-8; no parameter needs it.
            if name.contains(char::REPLACEMENT_CHARACTER)
                || value.contains(char::REPLACEMENT_CHARACTER)
            {
                return Err(FormError::Utf8);
            }
            parameters.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(parameters))
    }

    /// Returns the value of a parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Adds a parameter.
    pub(crate) fn push(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Writes an encoded query or body.
    pub(crate) fn encode(&self) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.0)
            .finish()
    }
}

const MAX_BYTES: usize = 64 * 1024;
const MAX_PARAMETERS: usize = 64;
