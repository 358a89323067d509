//! Times as the data models write them: `dateTimeStamp` of XML Schema 1.1, part 2.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// Reads a time. One without an offset is in UTC: it ought to have one, and is to be understood so
/// (VCDM 2.0, section 4.9.1).
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let (local, rest) = text.split_at_checked(19)?;
    let (date, time) = local.split_once('T')?;
    let (fraction, zone) = split_fraction(rest)?;
    let offset = match zone {
        "" | "Z" => Offset::UTC,
        zone => offset(zone)?,
    };
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    // The end of a day may be written as the hour after its last.
    let ends = hour == 24;
    if ends && (minute, second, fraction) != (0, 0, 0) {
        return None;
    }
    let date = Date::new(year, narrow(month)?, narrow(day)?).ok()?;
    let hour = if ends { 0 } else { narrow(hour)? };
    let time = Time::new(hour, narrow(minute)?, narrow(second)?, fraction).ok()?;
    let instant = offset.to_timestamp(date.to_datetime(time)).ok()?;
    match ends {
        false => Some(instant),
        true => instant.checked_add(SignedDuration::from_hours(24)).ok(),
    }
}

/// Whether a time says its offset.
pub(super) fn has_offset(text: &str) -> bool {
    let rest = text.get(19..).unwrap_or_default();
    split_fraction(rest).is_some_and(|(_, zone)| !zone.is_empty())
}

/// Nanoseconds, and what follows. Of more digits, the first nine count.
fn split_fraction(rest: &str) -> Option<(i32, &str)> {
    let Some(rest) = rest.strip_prefix('.') else {
        return Some((0, rest));
    };
    let end = rest
        .find(|one: char| !one.is_ascii_digit())
        .unwrap_or(rest.len());
    let (digits, zone) = rest.split_at_checked(end)?;
    if digits.is_empty() {
        return None;
    }
    let counted = digits.get(..9).unwrap_or(digits);
    let scale = 10_i32.pow(9 - u32::try_from(counted.len()).ok()?);
    Some((counted.parse::<i32>().ok()? * scale, zone))
}

/// `+01:00`, up to 14 hours.
fn offset(zone: &str) -> Option<Offset> {
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let [hours, minutes] = numbers(rest, ':', [2, 2])?;
    let sum = i32::from(hours) * 60 + i32::from(minutes);
    match minutes < 60 && sum <= 14 * 60 {
        true => Offset::from_seconds(sign * sum * 60).ok(),
        false => None,
    }
}

/// Numbers with so many digits each, and a mark between them.
fn numbers<const N: usize>(text: &str, mark: char, digits: [usize; N]) -> Option<[i16; N]> {
    let mut parts = text.split(mark);
    let mut numbers = [0; N];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next()?;
        if part.len() != digits || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn narrow(number: i16) -> Option<i8> {
    i8::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_the_standard_are_read_and_no_others() {
        for (text, instant) in [
            ("2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z"),
            ("2026-11-22T12:00:00.5Z", "2026-11-22T12:00:00.5Z"),
            (
                "2026-11-22T12:00:00.1234567891234+01:00",
                "2026-11-22T11:00:00.123456789Z",
            ),
            ("2026-11-22T12:00:00-13:59", "2026-11-23T01:59:00Z"),
            ("2026-11-22T12:00:00+14:00", "2026-11-21T22:00:00Z"),
            ("2026-11-22T24:00:00Z", "2026-11-23T00:00:00Z"),
            ("2026-12-31T24:00:00.000+00:00", "2027-01-01T00:00:00Z"),
            ("2024-02-29T00:00:00-00:00", "2024-02-29T00:00:00Z"),
            ("2026-11-22T12:00:00", "2026-11-22T12:00:00Z"),
            ("2026-11-22T12:00:00.25", "2026-11-22T12:00:00.25Z"),
        ] {
            assert_eq!(read(text), Some(instant.parse().unwrap()), "{text}");
        }
        for text in [
            "",
            "2026",
            "2026-11-22",
            "2026-11-22T12:00Z",
            "2026-11-22 12:00:00Z",
            "2026-11-22t12:00:00Z",
            "2026-11-22T12:00:00z",
            "2026-11-22T12:00:00,5Z",
            "2026-11-22T12:00:00.Z",
            "2026-11-22T12:00:60Z",
            "2026-11-22T12:60:00Z",
            "2026-11-22T25:00:00Z",
            "2026-11-22T24:00:01Z",
            "2026-11-22T24:00:00.1Z",
            "2026-02-30T12:00:00Z",
            "2026-13-01T12:00:00Z",
            "2026-11-22T12:00:00+01",
            "2026-11-22T12:00:00+0100",
            "2026-11-22T12:00:00+1:00",
            "2026-11-22T12:00:00+14:01",
            "2026-11-22T12:00:00+01:60",
            "2026-11-22T12:00:00+01:00:00",
            "2026-11-22T12:00:00Z[UTC]",
            "2026-11-22T12:00:00+01:00[Europe/Berlin]",
            "26-11-22T12:00:00Z",
            "20260-11-22T12:00:00Z",
            "+2026-11-22T12:00:00Z",
            " 2026-11-22T12:00:00Z",
            "2026-11-22T12:00:00Z ",
            "2026-11-22T1２:00:00Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert!(has_offset("2026-11-22T12:00:00.5Z") && has_offset("2026-11-22T12:00:00+01:00"));
        assert!(!has_offset("2026-11-22T12:00:00") && !has_offset("2026-11-22T12:00:00.5"));
    }
}
