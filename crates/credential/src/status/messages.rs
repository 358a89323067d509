use serde_json::{Value, json};

/// What each value of an entry means (`statusMessage`, Bitstring Status List 1.0, section 2.1), in
/// the order of the values: as many as the entry's bits can tell apart.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct StatusMessages(Vec<String>);

impl StatusMessages {
    /// What the text calls a value that means nothing yet.
    pub const UNDEFINED: &'static str = "undefined";

    /// Takes the messages for the values from zero on. Those up to the next power of two are
    /// [`Self::UNDEFINED`].
    ///
    /// `None` if there are more than 256, or there is none.
    #[must_use]
    pub fn new(mut messages: Vec<String>) -> Option<Self> {
        if messages.is_empty() {
            return None;
        }
        let values = messages.len().max(2).next_power_of_two();
        messages.resize(values, Self::UNDEFINED.to_owned());
        (values <= 1 << MOST_BITS).then_some(Self(messages))
    }

    /// Reads `statusMessage` of an entry, or `statusMessages` of a list, with so many bits: each
    /// value once.
    #[must_use]
    pub fn read(told: &Value, size: u8) -> Option<Self> {
        let told = told.as_array()?;
        let values = 1_usize.checked_shl(size.into())?;
        if !(1..=MOST_BITS).contains(&size) || told.len() != values {
            return None;
        }
        let mut messages = vec![None; values];
        for one in told {
            let place = messages.get_mut(value(one.get("status")?.as_str()?)?)?;
            let message = one.get("message")?.as_str()?.to_owned();
            if place.replace(message).is_some() {
                return None;
            }
        }
        Some(Self(messages.into_iter().collect::<Option<_>>()?))
    }

    /// Writes the array.
    #[must_use]
    pub fn write(&self) -> Value {
        let all = self.0.iter().enumerate();
        all.map(|(value, message)| json!({"status": format!("{value:#x}"), "message": message}))
            .collect()
    }

    /// How many bits tell the values apart (`statusSize`).
    #[must_use]
    pub fn size(&self) -> u8 {
        // At most 8: there are 2 to 256.
        u8::try_from(self.0.len().ilog2()).unwrap_or(MOST_BITS)
    }

    /// What a value means.
    #[must_use]
    pub fn get(&self, value: u8) -> Option<&str> {
        self.0.get(usize::from(value)).map(String::as_str)
    }
}

/// Reads `0x` and hexadecimal digits.
fn value(text: &str) -> Option<usize> {
    let digits = text.strip_prefix("0x")?;
    let only_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    only_digits.then(|| usize::from_str_radix(digits, 16).ok())?
}

/// The most bits of an entry that are read here.
pub(super) const MOST_BITS: u8 = 8;
