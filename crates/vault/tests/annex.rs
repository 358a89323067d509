//! The second part of a vault, which is opened when somebody asks for it; and the format without it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;
use tempfile::TempDir;
use vault::{Cost, Passphrase, UnlockCache, Vault, VaultError};
use zeroize::Zeroizing;

const HEADER: usize = 8 + 2 + 12 + 16 + 73 + 16 + 32;
const ID: usize = 16;
const CHUNK: usize = 16 * 1024;
const SEALED: usize = CHUNK + 41;

struct Place {
    folder: TempDir,
    path: PathBuf,
}

impl Place {
    /// A vault with contents of one chunk and a part, and an annex of two and a part.
    fn new() -> Self {
        let place = Self::empty();
        let cost = Cost::insecure_for_tests();
        let rng = &mut UnwrapErr(SysRng);
        let mut vault =
            Vault::create_at_cost(&place.path, &passphrase(), cost, bytes(b""), rng).unwrap();
        save(&mut vault, 1);
        place
    }

    fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wallet.vault");
        Self { folder, path }
    }

    /// A copy of what the program wrote that knew format 1 alone.
    fn of_format_1() -> Self {
        let place = Self::empty();
        fs::copy("tests/vectors/format-1/plain.vault", &place.path).unwrap();
        place
    }

    fn open(&self) -> Vault {
        Vault::open(&self.path, &passphrase()).unwrap()
    }

    /// The chunks of the file, which [`Self::put`] takes back in any order.
    fn chunks(&self) -> Vec<Vec<u8>> {
        let file = fs::read(&self.path).unwrap();
        let (chunks, rest) = file[HEADER + ID..].as_chunks::<SEALED>();
        assert!(rest.is_empty());
        chunks.iter().map(|chunk| chunk.to_vec()).collect()
    }

    fn put(&self, chunks: &[Vec<u8>]) {
        let head = fs::read(&self.path).unwrap()[..HEADER + ID].to_vec();
        fs::write(&self.path, [head, chunks.concat()].concat()).unwrap();
    }
}

fn passphrase() -> Passphrase {
    Passphrase::from("open sesame".to_owned())
}

fn bytes(text: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.to_vec())
}

fn contents(generation: u8) -> Vec<u8> {
    vec![generation; CHUNK + 1_000]
}

fn annex(generation: u8) -> Vec<u8> {
    vec![generation + 100; 2 * CHUNK + 2_000]
}

fn save(vault: &mut Vault, generation: u8) {
    let [contents, annex] = [contents(generation), annex(generation)].map(Zeroizing::new);
    vault.save(contents, annex, &mut UnwrapErr(SysRng)).unwrap();
}

fn version(path: &Path) -> u8 {
    fs::read(path).unwrap()[9]
}

#[test]
fn both_parts_come_back() {
    let place = Place::new();
    let vault = place.open();
    assert_eq!(vault.contents(), contents(1));
    assert_eq!(vault.annex().unwrap(), annex(1));
    // A second time it is there.
    assert_eq!(vault.annex().unwrap(), annex(1));
}

#[test]
fn parts_of_any_length_come_back() {
    let rng = &mut UnwrapErr(SysRng);
    let place = Place::new();
    let lengths = [0, 1, CHUNK - 17, CHUNK - 16, CHUNK - 15, 2 * CHUNK - 16];
    for (first, second) in lengths
        .iter()
        .flat_map(|first| lengths.map(|second| (*first, second)))
    {
        let (contents, annex) = (vec![1; first], vec![2; second]);
        let mut vault = place.open();
        vault.save(bytes(&contents), bytes(&annex), rng).unwrap();
        drop(vault);
        let vault = place.open();
        assert_eq!(vault.contents(), contents, "{first} and {second}");
        assert_eq!(vault.annex().unwrap(), annex, "{first} and {second}");
    }
}

#[test]
fn a_new_passphrase_is_one_for_both_parts() {
    let place = Place::new();
    let mut vault = place.open();
    let new = Passphrase::from("new".to_owned());
    vault
        .change_passphrase(&new, &mut UnwrapErr(SysRng))
        .unwrap();
    assert_eq!(vault.annex().unwrap(), annex(1));
    drop(vault);
    let vault = Vault::open(&place.path, &new).unwrap();
    assert_eq!(vault.contents(), contents(1));
    assert_eq!(vault.annex().unwrap(), annex(1));
}

#[test]
fn damage_to_the_annex_is_told_before_anything_of_it_is_seen_or_overwritten() {
    let place = Place::new();
    let file = fs::read(&place.path).unwrap();
    for (number, chunk) in file[HEADER + ID..].chunks(SEALED).enumerate() {
        let place_of_chunk = HEADER + ID + number * SEALED;
        for position in [0, 1, 30, SEALED / 2, SEALED - 1] {
            assert!(position < chunk.len());
            let mut changed = file.clone();
            changed[place_of_chunk + position] ^= 1;
            fs::write(&place.path, &changed).unwrap();
            let opened = Vault::open(&place.path, &passphrase());
            if number < 2 {
                assert!(matches!(opened, Err(VaultError::Damaged { .. })));
                continue;
            }
            // What the contents say is sealed for itself, and can still be saved elsewhere.
            let mut vault = opened.unwrap();
            assert_eq!(vault.contents(), contents(1));
            assert!(matches!(vault.annex(), Err(VaultError::Damaged { .. })));
            let rng = &mut UnwrapErr(SysRng);
            let saved = vault.save(bytes(b"x"), bytes(b"y"), rng);
            assert!(matches!(saved, Err(VaultError::Damaged { .. })));
            let changed_passphrase = vault.change_passphrase(&passphrase(), rng);
            assert!(matches!(
                changed_passphrase,
                Err(VaultError::Damaged { .. })
            ));
            assert_eq!(fs::read(&place.path).unwrap(), changed);
        }
    }
}

#[test]
fn chunks_that_are_lost_added_moved_or_of_another_time_are_noticed() {
    let place = Place::new();
    let earlier = place.chunks();
    save(&mut place.open(), 2);
    let now = place.chunks();
    assert_eq!(now.len(), 4);
    let opens = |chunks: &[Vec<u8>]| {
        place.put(chunks);
        Vault::open(&place.path, &passphrase()).and_then(|vault| vault.annex().map(<[u8]>::to_vec))
    };
    assert_eq!(opens(&now).unwrap(), annex(2));
    for number in 0..4 {
        let mut changed = now.clone();
        changed[number].clone_from(&earlier[number]);
        assert!(opens(&changed).is_err(), "chunk {number} of another time");
        let mut changed = now.clone();
        changed.swap(number, (number + 1) % 4);
        assert!(opens(&changed).is_err(), "chunk {number} moved");
        let mut changed = now.clone();
        changed.remove(number);
        assert!(opens(&changed).is_err(), "chunk {number} lost");
        let mut changed = now.clone();
        changed.insert(number, now[number].clone());
        assert!(opens(&changed).is_err(), "chunk {number} twice");
    }
    assert!(opens(&[]).is_err());
    // That bytes are lost or added is noticed without the annex.
    place.put(&now[..3]);
    assert!(Vault::open(&place.path, &passphrase()).is_err());
}

#[test]
fn a_file_that_was_put_in_the_place_of_an_open_one_lends_it_no_annex() {
    let place = Place::new();
    let earlier = fs::read(&place.path).unwrap();
    save(&mut place.open(), 2);
    let vault = place.open();
    fs::write(&place.path, earlier).unwrap();
    assert!(matches!(vault.annex(), Err(VaultError::Damaged { .. })));
}

#[test]
fn format_1_opens_and_becomes_format_2_when_it_is_saved() {
    let place = Place::of_format_1();
    let mut vault = place.open();
    assert_eq!(vault.contents(), b"what format 1 kept");
    assert_eq!(vault.annex().unwrap(), b"");
    assert_eq!(version(&place.path), 1);
    save(&mut vault, 3);
    assert_eq!(version(&place.path), 2);
    drop(vault);
    let vault = place.open();
    assert_eq!(vault.contents(), contents(3));
    assert_eq!(vault.annex().unwrap(), annex(3));
    let wrong = Passphrase::from("wrong".to_owned());
    drop(vault);
    assert!(matches!(
        Vault::open(&place.path, &wrong),
        Err(VaultError::WrongPassphrase)
    ));
}

#[test]
fn format_1_becomes_format_2_without_its_passphrase() {
    let place = Place::of_format_1();
    let cache = UnlockCache::new(place.folder.path(), &place.path);
    let [now, until] = [1, 2].map(|second| Timestamp::from_second(second).unwrap());
    cache.remember(&place.open(), until).unwrap();
    let mut vault = cache.open(&place.path, now).unwrap().unwrap();
    assert_eq!(vault.contents(), b"what format 1 kept");
    save(&mut vault, 3);
    drop(vault);
    assert_eq!(version(&place.path), 2);
    let vault = cache.open(&place.path, now).unwrap().unwrap();
    assert_eq!(vault.annex().unwrap(), annex(3));
    drop(vault);
    assert_eq!(place.open().contents(), contents(3));
}

#[test]
fn format_1_is_guarded_as_it_was() {
    let place = Place::of_format_1();
    let file = fs::read(&place.path).unwrap();
    for position in (0..file.len()).step_by(61).chain([file.len() - 1]) {
        let mut changed = file.clone();
        changed[position] ^= 1;
        fs::write(&place.path, &changed).unwrap();
        let opened = Vault::open(&place.path, &passphrase());
        assert!(opened.is_err(), "byte {position} changed");
    }
    fs::write(&place.path, &file[..file.len() - 1]).unwrap();
    assert!(Vault::open(&place.path, &passphrase()).is_err());
}

#[test]
fn the_size_of_the_file_does_not_tell_where_the_annex_begins() {
    let size = |contents: usize, annex: usize| {
        let place = Place::new();
        let mut vault = place.open();
        let [contents, annex] = [contents, annex].map(|length| Zeroizing::new(vec![7; length]));
        vault.save(contents, annex, &mut UnwrapErr(SysRng)).unwrap();
        fs::metadata(&place.path).unwrap().len()
    };
    assert_eq!(size(40_000, 0), size(0, 60_000));
    assert_eq!(size(100, 40_000), size(40_000, 100));
}
