/// Makes a stranger's text fit to be shown: one line, no characters that hide or reorder others,
/// not long. What is replaced can be seen; the second value says whether anything was.
pub(crate) fn legible(text: &str) -> (String, bool) {
    let mut shown = String::with_capacity(text.len().min(LONGEST));
    let mut replaced = false;
    for (count, char) in text.chars().enumerate() {
        if count == LONGEST {
            shown.push('…');
            break;
        }
        match char {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => shown.push(' '),
            hidden if is_hidden(hidden) => {
                replaced = true;
                shown.push_str(&format!("⟨U+{:04X}⟩", u32::from(hidden)));
            }
            char => shown.push(char),
        }
    }
    (shown, replaced)
}

fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// How many characters of a text are shown.
const LONGEST: usize = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_or_reorders_is_seen() {
        assert_eq!(legible("Anna\nMaria"), ("Anna Maria".to_owned(), false));
        assert_eq!(
            legible("a\u{202e}b\u{1b}[2J"),
            ("a⟨U+202E⟩b⟨U+001B⟩[2J".to_owned(), true)
        );
        assert_eq!(legible("张伟 Ünal عمر").0, "张伟 Ünal عمر");
        assert_eq!(legible(&"x".repeat(5000)).0.chars().count(), LONGEST + 1);
    }
}
