use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::error::{DocumentError, Field};

/// The day of `now` in UTC.
pub(crate) fn day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// A date of birth, of which a document may leave out day and month.
///
/// A document whose holder was born in some unknown month must not make anybody older than the
/// holder may be, nor name a birthday that nobody knows: ages go by [`BirthDate::latest`], and only
/// [`BirthDate::exact`] is a date to repeat.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct BirthDate {
    latest: Date,
    month_known: bool,
    day_known: bool,
}

impl BirthDate {
    /// Completes what is unknown to the latest date that it can mean; `None` for no date.
    pub(crate) fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Option<Self> {
        let latest_month = month.unwrap_or(12);
        let latest = match day {
            Some(day) => Date::new(year, latest_month, day).ok(),
            None => Date::new(year, latest_month, 1)
                .ok()
                .map(Date::last_of_month),
        };
        Some(Self {
            latest: latest?,
            month_known: month.is_some(),
            day_known: day.is_some(),
        })
    }

    /// The latest date that it can be: no earlier one may be taken for granted.
    #[must_use]
    pub fn latest(self) -> Date {
        self.latest
    }

    /// The date, if the document says it to the day.
    #[must_use]
    pub fn exact(self) -> Option<Date> {
        (self.month_known && self.day_known).then_some(self.latest)
    }

    /// The six positions of a zone, with fillers for what is unknown.
    pub(crate) fn zone(self) -> String {
        let part = |known, number: i8| match known {
            true => format!("{number:02}"),
            false => "<<".to_owned(),
        };
        let year = self.latest.year().rem_euclid(100);
        let month = part(self.month_known, self.latest.month());
        format!(
            "{year:02}{month}{}",
            part(self.day_known, self.latest.day())
        )
    }
}

/// As far as it is known from the year on: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
impl fmt::Display for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (self.latest.year(), self.latest.month(), self.latest.day());
        write!(f, "{year:04}")?;
        match (self.month_known, self.day_known) {
            (true, true) => write!(f, "-{month:02}-{day:02}"),
            (true, false) => write!(f, "-{month:02}"),
            (false, _) => Ok(()),
        }
    }
}

/// Reads what [`Display`](fmt::Display) writes.
impl FromStr for BirthDate {
    type Err = DocumentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const ERROR: DocumentError = DocumentError::Date {
            field: Field::BirthDate,
        };
        let mut parts = text.trim().splitn(3, '-');
        let mut part = |length: usize| {
            let Some(part) = parts.next() else {
                return Ok(None);
            };
            let well_formed =
                part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
            let number: Option<i16> = part.parse().ok().filter(|_| well_formed);
            number.map(Some).ok_or(ERROR)
        };
        let year = part(4)?.ok_or(ERROR)?;
        let (month, day) = (part(2)?, part(2)?);
        let small = |part: Option<i16>| part.map(i8::try_from).transpose().map_err(|_| ERROR);
        Self::new(year, small(month)?, small(day)?).ok_or(ERROR)
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate([REDACTED])")
    }
}

/// Reads a birth date whose year has two digits: the youngest reading.
///
/// The year is the last one in which the birth can have happened by `today`; what is unknown of
/// day and month is then completed to the latest. So the same document always gives the same
/// date within one century, and never an age that its holder may not have.
pub(crate) fn birth(
    year: i16,
    month: Option<i8>,
    day: Option<i8>,
    today: Date,
) -> Option<BirthDate> {
    let century = today.year().div_euclid(100) * 100;
    [century, century - 100]
        .into_iter()
        .map(|century| century + year)
        .find(|&year| {
            Date::new(year, month.unwrap_or(1), day.unwrap_or(1))
                .is_ok_and(|earliest| earliest <= today)
        })
        .and_then(|year| BirthDate::new(year, month, day))
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
        let born = |year, month, day| {
            let born = birth(year, Some(month), Some(day), TODAY);
            born.and_then(BirthDate::exact)
        };
        assert_eq!(born(26, 11, 21), Some(date(2026, 11, 21)));
        assert_eq!(born(26, 11, 22), Some(date(1926, 11, 22)));
        assert_eq!(born(0, 2, 29), Some(date(2000, 2, 29)));
    }

    #[test]
    fn unknown_parts_are_the_latest() {
        for (year, month, day, latest, zone) in [
            (4, Some(2), None, date(2004, 2, 29), "0402<<"),
            (85, None, None, date(1985, 12, 31), "85<<<<"),
            (85, None, Some(7), date(1985, 12, 7), "85<<07"),
            (26, None, None, date(2026, 12, 31), "26<<<<"),
            (26, Some(12), None, date(1926, 12, 31), "2612<<"),
        ] {
            let born = birth(year, month, day, TODAY).unwrap();
            assert_eq!((born.latest(), born.exact()), (latest, None));
            assert_eq!(born.zone(), zone);
        }
    }

    /// Whatever is unknown, nobody is said to have an age before everybody with such a document
    /// has it.
    #[test]
    fn an_age_is_reached_by_the_last_who_may_be_meant() {
        for (month, day) in [(None, None), (Some(2), None), (None, Some(31))] {
            let born = birth(8, month, day, TODAY).unwrap();
            let possible = (1..=12).flat_map(|month| {
                let first = date(2008, month, 1);
                first.series(jiff::Span::new().days(1)).take(31)
            });
            let possible = possible.filter(|date| {
                date.year() == 2008
                    && month.is_none_or(|month| date.month() == month)
                    && day.is_none_or(|day| date.day() == day)
            });
            let possible: Vec<Date> = possible.collect();
            assert!(possible.len() > 6);
            for on in [
                date(2026, 1, 1),
                date(2026, 2, 28),
                date(2026, 3, 1),
                date(2026, 12, 31),
            ] {
                let all = possible.iter().all(|date| age_over(*date, 18, on));
                assert_eq!(
                    age_over(born.latest(), 18, on),
                    all,
                    "{month:?} {day:?} {on}"
                );
            }
        }
    }

    #[test]
    fn an_expiry_year_is_near() {
        assert_eq!(expiry(36, 1, 2, TODAY), Some(date(2036, 1, 2)));
        assert_eq!(expiry(98, 1, 2, TODAY), Some(date(1998, 1, 2)));
        assert_eq!(expiry(23, 2, 29, TODAY), None);
    }
}
