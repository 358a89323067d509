use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::document::Refused;
use crate::record::Record;

/// The specimen of Doc 9303, part 4, appendix B.
const SPECIMEN: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n\
                        L898902C36UTO7408122F1204159ZE184226B<<<<<10";

fn now() -> Timestamp {
    "2012-04-15T12:00:00Z".parse().unwrap()
}

/// Sets one position of the specimen, and recomputes check digits unless told otherwise.
fn edited(line: usize, from: usize, text: &str) -> String {
    let mut lines: Vec<String> = SPECIMEN.lines().map(str::to_owned).collect();
    lines[line - 1].replace_range(from - 1..from - 1 + text.len(), text);
    lines.join("\n")
}

fn resealed(from: usize, text: &str) -> String {
    let zone = edited(2, from, text);
    let (upper, lower) = zone.split_once('\n').unwrap();
    let mut lower = lower.to_owned();
    for (from, to) in [(1, 9), (14, 19), (22, 27), (29, 42)] {
        let digit = check_digit(&lower[from - 1..to]).to_string();
        lower.replace_range(to..=to, &digit);
    }
    let covered = [&lower[..10], &lower[13..20], &lower[21..43]].concat();
    lower.replace_range(43..44, &check_digit(&covered).to_string());
    format!("{upper}\n{lower}")
}

#[test]
fn the_specimen_reads_as_printed() {
    let document = parse(SPECIMEN, now()).unwrap();
    assert_eq!(document.document_type(), DocumentType::Passport);
    assert_eq!(document.issuing_state().as_str(), "UTO");
    assert_eq!(document.number(), "L898902C3");
    assert_eq!(document.surname(), "ERIKSSON");
    assert_eq!(document.given_names(), "ANNA MARIA");
    assert_eq!(document.nationality().as_str(), "UTO");
    assert_eq!(document.birth_date().exact(), Some(date(1974, 8, 12)));
    assert_eq!(document.sex(), Sex::Female);
    assert_eq!(document.expires_on(), date(2012, 4, 15));
    assert_eq!(document.personal_number(), Some("ZE184226B"));
    assert_eq!(compose(&document).unwrap(), SPECIMEN);
}

#[test]
fn debug_shows_no_claim() {
    let document = parse(SPECIMEN, now()).unwrap();
    assert_eq!(
        format!("{document:?}"),
        "IdentityDocument { document_type: Passport, .. }"
    );
}

#[test]
fn blanks_breaks_and_case_are_forgiven() {
    let expected = parse(SPECIMEN, now()).unwrap();
    for zone in [
        SPECIMEN.to_lowercase(),
        SPECIMEN.replace('\n', "\r\n\r\n"),
        SPECIMEN.replace('\n', ""),
        format!("  {}  ", SPECIMEN.replace("<<<<", "<< <<\t")),
    ] {
        assert_eq!(parse(&zone, now()).unwrap(), expected, "{zone:?}");
    }
}

#[test]
fn every_wrong_check_digit_is_located() {
    for (position, field) in [
        (10, Field::DocumentNumber),
        (20, Field::BirthDate),
        (28, Field::ExpiryDate),
        (43, Field::PersonalNumber),
        (44, Field::Composite),
    ] {
        let digit = SPECIMEN.as_bytes()[LINE_LENGTH + position];
        let wrong = char::from(if digit == b'9' { b'0' } else { digit + 1 });
        let error = parse(&edited(2, position, &wrong.to_string()), now()).unwrap_err();
        let expected = char::from(digit);
        let found = wrong;
        assert_eq!(
            error,
            DocumentError::CheckDigit {
                field,
                position,
                expected,
                found
            }
        );
    }
}

#[test]
fn one_wrong_character_is_refused_wherever_a_digit_covers_it() {
    for position in (1..=10).chain(14..=20).chain(22..=44) {
        let character = char::from(SPECIMEN.as_bytes()[LINE_LENGTH + position]);
        // A check digit sees characters modulo 10: take one of another residue.
        let other = (character.to_digit(36).unwrap_or(0) + 1) % 10;
        let error = parse(&edited(2, position, &other.to_string()), now()).unwrap_err();
        let located = matches!(error, DocumentError::CheckDigit { .. });
        assert!(located, "position {position}: {error}");
    }
}

#[test]
fn shape_errors_are_located() {
    for (zone, error) in [
        (String::new(), DocumentError::Lines { found: 0 }),
        (
            format!("{SPECIMEN}\n{SPECIMEN}"),
            DocumentError::Lines { found: 4 },
        ),
        (
            format!("{SPECIMEN}<"),
            DocumentError::Length { line: 2, found: 45 },
        ),
        (
            edited(1, 7, "É"),
            DocumentError::Character {
                line: 1,
                position: 7,
            },
        ),
        (
            edited(1, 7, "1"),
            DocumentError::Character {
                line: 1,
                position: 7,
            },
        ),
        (
            edited(1, 6, "<"),
            DocumentError::Character {
                line: 1,
                position: 6,
            },
        ),
        (
            edited(1, 28, "X"),
            DocumentError::Character {
                line: 1,
                position: 26,
            },
        ),
        (edited(1, 1, "V<"), DocumentError::DocumentCode),
        (
            edited(1, 3, "WSA"),
            DocumentError::StateCode {
                field: Field::IssuingState,
            },
        ),
        (
            edited(1, 3, "XXA"),
            DocumentError::StateCode {
                field: Field::IssuingState,
            },
        ),
        (
            edited(2, 11, "QQQ"),
            DocumentError::StateCode {
                field: Field::Nationality,
            },
        ),
        (edited(2, 21, "X"), DocumentError::Sex),
        (
            resealed(1, "<<<<<<<<<"),
            DocumentError::Empty {
                field: Field::DocumentNumber,
            },
        ),
        (
            resealed(14, "740230"),
            DocumentError::Date {
                field: Field::BirthDate,
            },
        ),
        (
            resealed(14, "7<0812"),
            DocumentError::Date {
                field: Field::BirthDate,
            },
        ),
        (resealed(14, "<<0812"), DocumentError::UnknownYear),
        (
            resealed(22, "12<<<<"),
            DocumentError::Date {
                field: Field::ExpiryDate,
            },
        ),
        (resealed(22, "690101"), DocumentError::Order),
    ] {
        assert_eq!(parse(&zone, now()).unwrap_err(), error, "{zone}");
    }
}

#[test]
fn special_readings() {
    let stateless = parse(&edited(2, 11, "XXA"), now()).unwrap();
    assert_eq!(stateless.nationality().as_str(), "XXA");
    let german = parse(&edited(1, 3, "D<<"), now()).unwrap();
    assert_eq!(german.issuing_state().as_str(), "DEU");
    let born = |field| {
        parse(&resealed(14, field), now())
            .unwrap()
            .birth_date()
            .exact()
    };
    assert_eq!(born("120415"), Some(date(2012, 4, 15)));
    assert_eq!(born("120416"), Some(date(1912, 4, 16)));
}

/// Unknown parts of a birth date are fillers. They stay unknown: ages go by the latest date, and no
/// date is made up.
#[test]
fn an_unknown_day_or_month_of_birth_stays_unknown() {
    for (field, known, latest, adult_on) in [
        ("7402<<", "1974-02", date(1974, 2, 28), date(1992, 2, 28)),
        ("74<<<<", "1974", date(1974, 12, 31), date(1992, 12, 31)),
        ("74<<09", "1974", date(1974, 12, 9), date(1992, 12, 9)),
    ] {
        let zone = resealed(14, field);
        let document = parse(&zone, now()).unwrap();
        assert_eq!(document.birth_date().latest(), latest);
        assert_eq!(document.birth_date().exact(), None);
        assert_eq!(document.birth_date().to_string(), known);
        assert!(document.age_over(18, adult_on));
        assert!(!document.age_over(18, adult_on.yesterday().unwrap()));
        assert_eq!(compose(&document).unwrap(), zone);
    }
    for half in ["7402<1", "74021<", "74<212"] {
        let error = parse(&resealed(14, half), now()).unwrap_err();
        assert_eq!(
            error,
            DocumentError::Date {
                field: Field::BirthDate
            }
        );
    }
}

#[test]
fn an_unused_personal_number_has_a_zero_or_a_filler() {
    let zero = resealed(29, "<<<<<<<<<<<<<<");
    assert_eq!(parse(&zero, now()).unwrap().personal_number(), None);
    // The filler counts as 0: the composite digit stays.
    let mut filler = zero;
    filler.replace_range(LINE_LENGTH + 43..LINE_LENGTH + 44, "<");
    assert_eq!(parse(&filler, now()).unwrap().personal_number(), None);
}

#[test]
fn a_surname_may_stand_alone() {
    let zone = edited(1, 6, "ARKFREITH<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<");
    let document = parse(&zone, now()).unwrap();
    assert_eq!(
        (document.surname(), document.given_names()),
        ("ARKFREITH", "")
    );
    assert_eq!(compose(&document).unwrap(), zone);
}

#[test]
fn an_expired_document_is_refused() {
    let document = parse(SPECIMEN, now()).unwrap();
    assert!(document.clone().judge(now()).is_ok());
    let tomorrow = "2012-04-16T00:00:00Z".parse().unwrap();
    assert_eq!(document.judge(tomorrow).unwrap_err(), Refused::Expired);
}

#[test]
fn ages_count_completed_years() {
    let document = parse(&resealed(14, "960229"), now()).unwrap();
    assert!(!document.age_over(18, date(2014, 2, 28)));
    assert!(document.age_over(18, date(2014, 3, 1)));
    assert!(document.age_over(20, date(2016, 2, 29)));
    assert!(!document.age_over(255, date(2014, 3, 1)));
}

#[test]
fn a_long_name_keeps_a_letter_of_the_given_names() {
    let field = name_field(&"A".repeat(60), "BERTHA");
    assert_eq!(field, format!("{}<<B", "A".repeat(36)));
    let field = name_field(&format!("{} CARLSSON", "A".repeat(35)), "BERTHA");
    assert_eq!(field, format!("{}<<BE", "A".repeat(35)));
}

prop_compose! {
    fn records()(
        surname in "[A-Z]{1,12}( [A-Z]{1,6})?",
        given_names in "([A-Z]{1,8}( [A-Z]{1,8})?)?",
        number in "[A-Z0-9]{1,9}",
        personal_number in proptest::option::of("[A-Z0-9]{1,14}"),
        state in proptest::sample::select(vec!["UTO", "DEU", "CHN", "UNO", "GBR"]),
        nationality in proptest::sample::select(vec!["UTO", "D", "XXA", "CHN", "GBN"]),
        sex in proptest::sample::select(vec!["F", "M", "X"]),
        birth in 1913..=2011_i16,
        expiry in 2012..=2061_i16,
        month in 1..=12_i8,
        day in 1..=28_i8,
    ) -> Record {
        Record {
            document_type: DocumentType::Passport,
            issuing_state: state.to_owned(),
            number,
            surname,
            given_names,
            nationality: nationality.to_owned(),
            birth_date: format!("{birth}-{month:02}-{day:02}"),
            sex: Some(sex.to_owned()),
            expires_on: format!("{expiry}-{month:02}-{day:02}"),
            personal_number,
        }
    }
}

proptest! {
    #[test]
    fn what_is_composed_is_read_back(record in records()) {
        let document = IdentityDocument::from_record(&record).unwrap();
        let zone = compose(&document).unwrap();
        prop_assert!(zone.lines().all(|line| line.len() == LINE_LENGTH));
        prop_assert_eq!(parse(&zone, now()).unwrap(), document);
    }

    #[test]
    fn a_changed_digit_never_passes(record in records(), position in 0..44_usize, digit in 0..10_u8) {
        let document = IdentityDocument::from_record(&record).unwrap();
        let zone = compose(&document).unwrap();
        let mut bytes = zone.clone().into_bytes();
        let place = LINE_LENGTH + 1 + position;
        prop_assume!(bytes[place].is_ascii_digit() && bytes[place] != b'0' + digit);
        bytes[place] = b'0' + digit;
        prop_assert!(parse(std::str::from_utf8(&bytes).unwrap(), now()).is_err());
    }

    #[test]
    fn nothing_makes_it_panic(zone in "\\PC{0,200}", lines in "[A-Z0-9<É]{44}\n[A-Z0-9<]{44}") {
        let _ = parse(&zone, now());
        let _ = parse(&lines, now());
    }
}
