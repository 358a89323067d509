//! The form of a number for people, and what becomes of typing errors.

use netcert::{Change, NetNumber, NetNumberError, Pseudonym};
use proptest::prelude::*;

use crate::harness::*;

fn any_number(seed: u8) -> NetNumber {
    let point = bbs::nym_generators(0).unwrap()[0] * bbs::Scalar::hash(&[seed], b"number");
    NetNumber::of(&Pseudonym::from_bytes(&point.to_bytes()).unwrap())
}

#[test]
fn a_number_is_twenty_letters_and_a_checksum() {
    let issuer = Issuer::new();
    let wallet = Wallet::new();
    let certificate = wallet.renew(&issuer);
    let pseudonym = certificate
        .pseudonym(&wallet.secret, &context("shop.example"))
        .unwrap();
    let number = NetNumber::of(&pseudonym);
    let text = number.to_string();
    assert_eq!(text.len(), 29);
    assert!(text.starts_with("nn1"));
    assert_eq!(text.parse(), Ok(number));
    let grouped = number.grouped();
    let groups: Vec<usize> = grouped.split(' ').map(str::len).collect();
    assert_eq!(groups, [3, 4, 4, 4, 4, 4, 3, 3]);
    assert_eq!(grouped.replace(' ', ""), text);
}

/// Fixed, so that no later version changes what people have written down.
#[test]
fn the_number_of_a_pseudonym_is_as_specified() {
    let point = bbs::nym_generators(0).unwrap()[0];
    let number = NetNumber::of(&Pseudonym::from_bytes(&point.to_bytes()).unwrap());
    assert_eq!(number.to_string(), "nn188af4ptx9knvye4xa3uald4lrj");
}

#[test]
fn people_type_as_they_like() {
    let number = any_number(1);
    let text = number.to_string();
    for typed in [
        number.grouped(),
        number.grouped().to_uppercase(),
        number.grouped().replace(' ', "-"),
        format!("  {text}\n"),
        text.chars().map(|c| format!("{c} ")).collect(),
    ] {
        assert_eq!(NetNumber::parse(&typed), Ok(number));
    }
    for typed in ["", "nn", "n n 1", "xx1qqqq", "nm1", "11", "ｎn1"] {
        assert!(
            matches!(
                NetNumber::parse(typed),
                Err(NetNumberError::Prefix | NetNumberError::Length { .. })
            ),
            "{typed}"
        );
    }
    assert_eq!(NetNumber::parse("mn1"), Err(NetNumberError::Prefix));
    assert_eq!(
        NetNumber::parse(&text[..20]),
        Err(NetNumberError::Length { typed: 17 })
    );
    let long = format!("{text}{text}");
    assert_eq!(
        NetNumber::parse(&long),
        Err(NetNumberError::Length { typed: 55 })
    );
}

/// Every mistyped character is found, and what belongs there proposed.
#[test]
fn one_mistyped_character_is_found() {
    let number = any_number(2);
    let text = number.to_string();
    for place in 3..text.len() {
        for wrong in "qpzry9x8gf2tvdw0s3jn54khce6mua7l".chars().step_by(5) {
            let mut typed: Vec<char> = text.chars().collect();
            let right = typed[place];
            if wrong == right {
                continue;
            }
            typed[place] = wrong;
            let typed: String = typed.into_iter().collect();
            let Err(NetNumberError::Mistyped(repair)) = NetNumber::parse(&typed) else {
                panic!("{typed}");
            };
            assert_eq!(repair.place, place);
            assert_eq!(repair.change, Change::Replace(right));
            assert_eq!(repair.number, number);
        }
    }
}

#[test]
fn characters_that_no_number_has_are_found() {
    let number = any_number(3);
    for place in 4..number.grouped().len() {
        let mut typed: Vec<char> = number.grouped().chars().collect();
        if typed[place] == ' ' {
            continue;
        }
        for wrong in ['b', 'i', 'o', '1', '?', 'ü', 'O'] {
            typed[place] = wrong;
            let typed: String = typed.iter().collect();
            let Err(NetNumberError::Character {
                place: found,
                repair,
            }) = NetNumber::parse(&typed)
            else {
                panic!("{typed}");
            };
            assert_eq!(found, place);
            assert_eq!(repair.unwrap().number, number);
        }
    }
    // Two of them: the first is named, and nothing proposed.
    let text = number.to_string();
    let typed = format!("nn1bb{}", &text[5..]);
    assert_eq!(
        NetNumber::parse(&typed),
        Err(NetNumberError::Character {
            place: 3,
            repair: None
        })
    );
}

#[test]
fn one_character_too_few_or_too_many_is_found() {
    let number = any_number(4);
    let text = number.to_string();
    for place in 3..text.len() {
        let mut less = text.clone();
        let lost = less.remove(place);
        let Err(NetNumberError::Mistyped(repair)) = NetNumber::parse(&less) else {
            panic!("{less}");
        };
        assert_eq!(repair.number, number);
        // Of two equal neighbours, either may be the lost one.
        assert_eq!(repair.change, Change::Insert(lost));
        assert!(repair.place <= place);

        let mut more = text.clone();
        more.insert(place, 'q');
        let Err(NetNumberError::Mistyped(repair)) = NetNumber::parse(&more) else {
            panic!("{more}");
        };
        assert_eq!(repair.number, number);
        assert_eq!(repair.change, Change::Remove);
    }
}

#[test]
fn two_mistyped_characters_are_noticed() {
    let text = any_number(5).to_string();
    for (one, two) in [(3, 4), (5, 28), (10, 11), (22, 23)] {
        let mut typed: Vec<char> = text.chars().collect();
        for place in [one, two] {
            typed[place] = if typed[place] == 'q' { 'p' } else { 'q' };
        }
        let typed: String = typed.into_iter().collect();
        assert_eq!(NetNumber::parse(&typed), Err(NetNumberError::Scrambled));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No two different numbers, however damaged, are taken for one another.
    #[test]
    fn what_is_read_is_what_was_written(seed: u8, damage in prop::collection::vec((3_usize..29, 0_usize..32), 0..4)) {
        let number = any_number(seed);
        let mut typed: Vec<char> = number.to_string().chars().collect();
        for (place, letter) in &damage {
            typed[*place] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l".chars().nth(*letter).unwrap();
        }
        let typed: String = typed.into_iter().collect();
        match NetNumber::parse(&typed) {
            Ok(read) => prop_assert!(typed == number.to_string() && read == number),
            Err(_) => prop_assert!(typed != number.to_string()),
        }
    }

    #[test]
    fn nothing_typed_panics(typed in "(nn1)?\\PC{0,40}") {
        let _ = NetNumber::parse(&typed);
    }
}
