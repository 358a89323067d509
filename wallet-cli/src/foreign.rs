//! Text that strangers wrote: shown, but never obeyed.

/// Makes foreign text safe to show within a line: whatever would move the cursor, change colours,
/// begin a line or turn the direction of writing is shown as a replacement character, and a text
/// that would bury the rest of the screen is cut.
pub(crate) fn plain(text: &str) -> String {
    let mut plain: String = text
        .chars()
        .take(LONGEST)
        .map(|one| if is_unsafe(one) { '\u{fffd}' } else { one })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        plain.push('…');
    }
    plain
}

/// Control characters, and the marks by which text is made to read as another one
/// (Unicode Technical Report 36, section 2.2).
fn is_unsafe(one: char) -> bool {
    one.is_control()
        || matches!(one,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

const LONGEST: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_move_the_cursor_or_forge_a_line() {
        assert_eq!(plain("Shop\n\x1b[2Kok"), "Shop\u{fffd}\u{fffd}[2Kok");
        assert_eq!(plain("a\u{202e}b\u{200b}"), "a\u{fffd}b\u{fffd}");
        assert_eq!(plain("Größe 中文 ok"), "Größe 中文 ok");
    }

    #[test]
    fn foreign_text_cannot_bury_the_rest() {
        let long = plain(&"x".repeat(10_000));
        assert_eq!(long.chars().count(), LONGEST + 1);
        assert_eq!(plain(&"x".repeat(LONGEST)), "x".repeat(LONGEST));
    }
}
