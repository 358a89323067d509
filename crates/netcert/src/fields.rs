//! Bytes that are hashed or bound: every field with its length before it, so that no two lists of
//! fields have the same bytes.

/// A growing list of fields.
pub(crate) struct Fields(Vec<u8>);

impl Fields {
    /// Begins a list; the label separates its use from all others.
    pub(crate) fn new(label: &str) -> Self {
        Self(Vec::new()).bytes(label.as_bytes())
    }

    pub(crate) fn bytes(mut self, field: &[u8]) -> Self {
        self.0.extend_from_slice(&length(field.len()));
        self.0.extend_from_slice(field);
        self
    }

    pub(crate) fn string(self, field: &str) -> Self {
        self.bytes(field.as_bytes())
    }

    pub(crate) fn number(self, field: u64) -> Self {
        self.bytes(&field.to_be_bytes())
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// `I2OSP(length, 8)`.
fn length(length: usize) -> [u8; 8] {
    u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_byte_between_fields_changes_the_bytes() {
        let one = Fields::new("l").string("ab").string("c").finish();
        assert_ne!(one, Fields::new("l").string("a").string("bc").finish());
        assert_ne!(one, Fields::new("l").string("abc").finish());
        assert_ne!(one, Fields::new("la").string("b").string("c").finish());
        assert_eq!(&one[..9], b"\0\0\0\0\0\0\0\x01l");
    }
}
