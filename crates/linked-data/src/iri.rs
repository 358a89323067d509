//! IRIs, as far as they must be told from everything else (RFC 3987, section 2.2).

/// Whether the text is an absolute IRI that N-Quads can hold.
pub(crate) fn is_absolute(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && !rest.is_empty()
        && is_writable(rest)
}

/// Whether N-Quads can hold the text between angle brackets.
pub(crate) fn is_writable(text: &str) -> bool {
    if text.is_ascii() {
        !text.bytes().any(|byte| byte <= b' ' || is_forbidden(byte))
    } else {
        !text
            .chars()
            .any(|one| one.is_whitespace() || one.is_control() || is_unlawful(one))
    }
}

/// Whether the text looks like a keyword of JSON-LD: `@` and letters.
pub(crate) fn is_keyword_like(text: &str) -> bool {
    text.strip_prefix('@')
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

fn is_unlawful(one: char) -> bool {
    u8::try_from(one).is_ok_and(is_forbidden) || matches!(one, '\u{fffe}' | '\u{ffff}')
}

const fn is_forbidden(byte: u8) -> bool {
    matches!(
        byte,
        b'<' | b'>' | b'"' | b'{' | b'}' | b'|' | b'^' | b'`' | b'\\' | 0x7f
    )
}
