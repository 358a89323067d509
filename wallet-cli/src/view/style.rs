//! Colours, where the terminal has them.

/// Marks what matters most.
pub(crate) fn strong(text: &str, colours: bool) -> String {
    paint(text, "1", colours)
}

/// Marks what needs thought.
pub(crate) fn warning(text: &str, colours: bool) -> String {
    paint(text, "1;31", colours)
}

/// Marks what should be known.
pub(crate) fn notice(text: &str, colours: bool) -> String {
    paint(text, "33", colours)
}

fn paint(text: &str, code: &str, colours: bool) -> String {
    if colours {
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}
