use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The day of `now` in UTC.
pub(crate) fn day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// Completes a date to the latest one that it can mean.
pub(crate) fn latest(year: i16, month: Option<i8>, day: Option<i8>) -> Option<Date> {
    let month = month.unwrap_or(12);
    match day {
        Some(day) => Date::new(year, month, day).ok(),
        None => Date::new(year, month, 1).ok().map(Date::last_of_month),
    }
}

/// Reads a birth date whose year has two digits: the youngest reading.
///
/// The year is the last one in which the birth can have happened by `today`; what is unknown of
/// day and month is then completed to the latest. So the same document always gives the same
/// date within one century, and never an age that its holder may not have.
pub(crate) fn birth(year: i16, month: Option<i8>, day: Option<i8>, today: Date) -> Option<Date> {
    let century = today.year().div_euclid(100) * 100;
    [century, century - 100]
        .into_iter()
        .map(|century| century + year)
        .find(|&year| {
            Date::new(year, month.unwrap_or(1), day.unwrap_or(1))
                .is_ok_and(|earliest| earliest <= today)
        })
        .and_then(|year| latest(year, month, day))
}

/// Reads an expiry date whose year has two digits: the reading within fifty years of `today`.
pub(crate) fn expiry(year: i16, month: i8, day: i8, today: Date) -> Option<Date> {
    let first = today.year() - 50;
    Date::new(first + (year - first).rem_euclid(100), month, day).ok()
}

/// Whether somebody born on `birth` has completed `years` years of life on the day `on`. Who was
/// born on 29 February completes a year on 1 March where there is no such day.
#[must_use]
pub fn age_over(birth: Date, years: u8, on: Date) -> bool {
    let birthday = (
        i32::from(birth.year()) + i32::from(years),
        birth.month(),
        birth.day(),
    );
    birthday <= (i32::from(on.year()), on.month(), on.day())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 21);

    #[test]
    fn a_birth_year_is_the_youngest_reading() {
        assert_eq!(
            birth(26, Some(11), Some(21), TODAY),
            Some(date(2026, 11, 21))
        );
        assert_eq!(
            birth(26, Some(11), Some(22), TODAY),
            Some(date(1926, 11, 22))
        );
        assert_eq!(birth(0, Some(2), Some(29), TODAY), Some(date(2000, 2, 29)));
    }

    #[test]
    fn unknown_parts_are_the_latest() {
        assert_eq!(birth(4, Some(2), None, TODAY), Some(date(2004, 2, 29)));
        assert_eq!(birth(85, None, None, TODAY), Some(date(1985, 12, 31)));
        assert_eq!(birth(26, None, None, TODAY), Some(date(2026, 12, 31)));
        assert_eq!(birth(26, Some(12), None, TODAY), Some(date(1926, 12, 31)));
    }

    #[test]
    fn an_expiry_year_is_near() {
        assert_eq!(expiry(36, 1, 2, TODAY), Some(date(2036, 1, 2)));
        assert_eq!(expiry(98, 1, 2, TODAY), Some(date(1998, 1, 2)));
        assert_eq!(expiry(23, 2, 29, TODAY), None);
    }
}
