//! How names stand in JSON pointers.

/// Writes a member's name as a reference token of a JSON pointer (RFC 6901, section 3).
#[must_use]
pub fn pointer_token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Reads a reference token back (RFC 6901, section 4).
#[must_use]
pub fn member_name(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_read_as_they_were_written() {
        for (name, token) in [("a/b", "a~1b"), ("m~n", "m~0n"), ("~1", "~01"), ("", "")] {
            assert_eq!(pointer_token(name), token);
            assert_eq!(member_name(token), name);
        }
    }
}
