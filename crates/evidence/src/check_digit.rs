/// Computes a check digit (ICAO Doc 9303, part 3, section 4.9): weights 7, 3, 1, modulo 10, where
/// a letter counts from `A` = 10 and the filler as nothing.
pub(crate) fn check_digit(characters: &str) -> char {
    let sum: u32 = characters
        .chars()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(character, weight)| character.to_digit(36).unwrap_or(0) * weight)
        .sum();
    char::from_digit(sum % 10, 10).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_doc_9303() {
        // Part 3, section 4.9, examples 1 to 3.
        assert_eq!(check_digit("520727"), '3');
        assert_eq!(check_digit("AB2134<<<"), '5');
        assert_eq!(check_digit("HA672242<658022549601086<<<<<<<<<<<<<<0"), '8');
    }
}
