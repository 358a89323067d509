//! What a person and an attacker see of the vault.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use jiff::Timestamp;
use tempfile::TempDir;
use vault::{Cost, Passphrase, UnlockCache, Vault, VaultError};
use zeroize::Zeroizing;

struct Place {
    folder: TempDir,
    path: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wallet.vault");
        Self { folder, path }
    }

    fn create(&self, contents: &[u8]) -> Vault {
        let cost = Cost::insecure_for_tests();
        Vault::create_at_cost(
            &self.path,
            &pass("right"),
            cost,
            bytes(contents),
            &mut rng(),
        )
        .unwrap()
    }

    fn open(&self, passphrase: &str) -> Result<Vec<u8>, VaultError> {
        let vault = Vault::open(&self.path, &pass(passphrase))?;
        assert_eq!(vault.annex()?, b"");
        Ok(vault.contents().to_vec())
    }

    fn cache(&self) -> UnlockCache {
        UnlockCache::new(self.folder.path(), &self.path)
    }

    fn cache_file(&self) -> Option<PathBuf> {
        let mut files = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|file| file.unwrap().path());
        files.find(|file| file.extension().is_some_and(|kind| kind == "unlocked"))
    }
}

fn pass(text: &str) -> Passphrase {
    Passphrase::from(text.to_owned())
}

fn bytes(contents: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(contents.to_vec())
}

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

#[test]
fn what_is_saved_comes_back() {
    let place = Place::new();
    let mut vault = place.create(b"first");
    assert_eq!(vault.contents(), b"first");
    vault
        .save(bytes(b"second"), bytes(b""), &mut rng())
        .unwrap();
    assert_eq!(vault.contents(), b"second");
    drop(vault);
    assert_eq!(place.open("right").unwrap(), b"second");
    let large = vec![7; 3_000_000];
    let mut vault = Vault::open(&place.path, &pass("right")).unwrap();
    vault.save(bytes(&large), bytes(b""), &mut rng()).unwrap();
    drop(vault);
    assert_eq!(place.open("right").unwrap(), large);
}

#[test]
fn the_standard_cost_opens_too() {
    let place = Place::new();
    drop(Vault::create(&place.path, &pass("right"), bytes(b"x"), &mut rng()).unwrap());
    assert_eq!(place.open("right").unwrap(), b"x");
    assert!(matches!(
        place.open("wrong"),
        Err(VaultError::WrongPassphrase)
    ));
}

#[test]
fn each_obstacle_is_told_apart() {
    let place = Place::new();
    assert!(matches!(
        place.open("right"),
        Err(VaultError::Missing { .. })
    ));
    drop(place.create(b"x"));
    assert!(matches!(
        place.open("wrong"),
        Err(VaultError::WrongPassphrase)
    ));
    assert!(matches!(place.open(""), Err(VaultError::WrongPassphrase)));
    let again = Vault::create(&place.path, &pass("right"), bytes(b""), &mut rng());
    assert!(matches!(again, Err(VaultError::Exists { .. })));
    assert_eq!(place.open("right").unwrap(), b"x");

    let mut file = fs::read(&place.path).unwrap();
    *file.last_mut().unwrap() ^= 1;
    fs::write(&place.path, &file).unwrap();
    assert!(matches!(
        place.open("right"),
        Err(VaultError::Damaged { .. })
    ));
    file[9] = 3;
    fs::write(&place.path, &file).unwrap();
    assert!(matches!(
        place.open("right"),
        Err(VaultError::UnsupportedVersion { version: 3, .. })
    ));
    fs::write(&place.path, b"{}").unwrap();
    assert!(matches!(
        place.open("right"),
        Err(VaultError::NotAVault { .. })
    ));

    let place = Place::new();
    let empty = Vault::create(&place.path, &pass(""), bytes(b""), &mut rng());
    assert!(matches!(empty, Err(VaultError::EmptyPassphrase)));
    assert!(!place.path.exists());
    let nowhere = Vault::create(&place.path.join("deep"), &pass("x"), bytes(b""), &mut rng());
    assert!(matches!(nowhere, Err(VaultError::Io { .. })));
}

#[test]
fn a_second_opening_is_refused_by_name_of_the_lock() {
    let place = Place::new();
    let vault = place.create(b"x");
    let refused = place.open("right").unwrap_err();
    assert!(matches!(&refused, VaultError::Locked { lock } if lock.ends_with("wallet.vault.lock")));
    assert!(refused.to_string().contains("wallet.vault.lock"));
    drop(vault);
    assert_eq!(place.open("right").unwrap(), b"x");
}

#[test]
fn the_passphrase_can_be_changed() {
    let place = Place::new();
    let mut vault = place.create(b"x");
    vault.change_passphrase(&pass("new"), &mut rng()).unwrap();
    assert!(matches!(
        vault.change_passphrase(&pass(""), &mut rng()),
        Err(VaultError::EmptyPassphrase)
    ));
    vault.save(bytes(b"y"), bytes(b""), &mut rng()).unwrap();
    drop(vault);
    assert!(matches!(
        place.open("right"),
        Err(VaultError::WrongPassphrase)
    ));
    assert_eq!(place.open("new").unwrap(), b"y");
}

#[test]
fn an_unlocked_vault_opens_without_passphrase_until_then() {
    let place = Place::new();
    let cache = place.cache();
    let vault = place.create(b"x");
    assert!(place.cache_file().is_none());
    cache.remember(&vault, second(100)).unwrap();
    drop(vault);
    let opened = cache.open(&place.path, second(99)).unwrap().unwrap();
    assert_eq!(opened.contents(), b"x");
    assert!(matches!(
        cache.open(&place.path, second(99)),
        Err(VaultError::Locked { .. })
    ));
    drop(opened);
    assert!(cache.open(&place.path, second(100)).unwrap().is_none());
    assert!(place.cache_file().is_none());
    assert!(cache.open(&place.path, second(99)).unwrap().is_none());
}

#[test]
fn a_forgotten_or_foreign_key_opens_nothing() {
    let place = Place::new();
    let cache = place.cache();
    let mut vault = place.create(b"x");
    cache.remember(&vault, second(100)).unwrap();
    cache.forget().unwrap();
    cache.forget().unwrap();
    assert!(place.cache_file().is_none());

    // A new passphrase ends what was unlocked under the old one.
    cache.remember(&vault, second(100)).unwrap();
    vault.change_passphrase(&pass("new"), &mut rng()).unwrap();
    drop(vault);
    assert!(cache.open(&place.path, second(1)).unwrap().is_none());
    assert!(place.cache_file().is_none());

    let vault = Vault::open(&place.path, &pass("new")).unwrap();
    cache.remember(&vault, second(100)).unwrap();
    drop(vault);
    fs::write(place.cache_file().unwrap(), b"PESSOAUK cut off").unwrap();
    assert!(cache.open(&place.path, second(1)).unwrap().is_none());
}

#[test]
fn with_the_key_at_hand_damage_is_still_told() {
    let place = Place::new();
    let vault = place.create(b"x");
    place.cache().remember(&vault, second(100)).unwrap();
    drop(vault);
    let mut file = fs::read(&place.path).unwrap();
    *file.last_mut().unwrap() ^= 1;
    fs::write(&place.path, &file).unwrap();
    let damaged = place.cache().open(&place.path, second(1));
    assert!(matches!(damaged, Err(VaultError::Damaged { .. })));
}

#[cfg(unix)]
#[test]
fn every_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let mut vault = place.create(b"x");
    vault.save(bytes(b"y"), bytes(b""), &mut rng()).unwrap();
    place.cache().remember(&vault, second(100)).unwrap();
    let mut seen = 0;
    for file in fs::read_dir(place.folder.path()).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        seen += 1;
    }
    // vault, lock, key
    assert_eq!(seen, 3);
}

#[cfg(unix)]
#[test]
fn a_link_to_the_vault_stays_a_link() {
    let place = Place::new();
    drop(place.create(b"x"));
    let link = place.folder.path().join("link");
    std::os::unix::fs::symlink(&place.path, &link).unwrap();
    let mut vault = Vault::open(&link, &pass("right")).unwrap();
    vault.save(bytes(b"y"), bytes(b""), &mut rng()).unwrap();
    drop(vault);
    assert!(link.is_symlink());
    assert_eq!(place.open("right").unwrap(), b"y");
}

#[test]
fn debug_shows_no_secret() {
    let place = Place::new();
    let vault = place.create(b"the secret contents");
    let shown = format!("{vault:?} {:?}", pass("right"));
    assert!(
        !shown.contains("secret contents") && !shown.contains("right"),
        "{shown}"
    );
    assert!(shown.contains("REDACTED"), "{shown}");
}

// Invariant 7: without its passphrase the file reveals nothing, and any changed byte is detected.

#[test]
fn any_changed_lost_or_added_byte_is_detected() {
    let place = Place::new();
    drop(place.create(b"x"));
    let file = fs::read(&place.path).unwrap();
    let refused = |changed: &[u8], what: &str| {
        fs::write(&place.path, changed).unwrap();
        match place.open("right") {
            Ok(_) => panic!("opened with {what}"),
            Err(VaultError::WrongPassphrase) => panic!("damage taken for a passphrase: {what}"),
            Err(_) => {}
        }
    };
    for position in 0..file.len() {
        let mut changed = file.clone();
        changed[position] ^= 1 << (position % 8);
        refused(&changed, &format!("byte {position} changed"));
    }
    for length in (0..file.len()).step_by(97).chain([file.len() - 1]) {
        refused(&file[..length], &format!("{length} bytes left"));
    }
    refused(&[file.as_slice(), b"\0"].concat(), "a byte added");
    fs::write(&place.path, &file).unwrap();
    assert_eq!(place.open("right").unwrap(), b"x");
}

#[test]
fn an_attacker_who_mends_the_checksum_gains_nothing() {
    let place = Place::new();
    drop(place.create(b"x"));
    let file = fs::read(&place.path).unwrap();
    const CHECKED: usize = 8 + 2 + 12 + 16 + 73 + 16;
    let mend = |file: &mut [u8]| {
        let checksum = keys::sha256(&file[..CHECKED]);
        file[CHECKED..CHECKED + 32].copy_from_slice(&checksum);
    };
    for position in 10..CHECKED {
        let mut changed = file.clone();
        changed[position] ^= 1 << (position % 8);
        mend(&mut changed);
        fs::write(&place.path, &changed).unwrap();
        assert!(place.open("right").is_err(), "byte {position}");
    }
    // Taken for a file of the earlier format, it does not open either.
    let mut changed = file;
    changed[9] = 1;
    mend(&mut changed);
    fs::write(&place.path, &changed).unwrap();
    assert!(matches!(
        place.open("right"),
        Err(VaultError::Damaged { .. })
    ));
}

#[test]
fn the_parts_of_two_vaults_do_not_mix() {
    let (one, two) = (Place::new(), Place::new());
    drop(one.create(b"one"));
    drop(two.create(b"two"));
    const HEADER: usize = 8 + 2 + 12 + 16 + 73 + 16 + 32;
    let (first, second) = (fs::read(&one.path).unwrap(), fs::read(&two.path).unwrap());
    fs::write(&one.path, [&first[..HEADER], &second[HEADER..]].concat()).unwrap();
    assert!(matches!(one.open("right"), Err(VaultError::Damaged { .. })));
}

#[test]
fn the_file_tells_nothing_about_its_contents() {
    let claims = b"Erika Mustermann, born 1964-08-12, document C01X00T47";
    let contents = claims.repeat(100);
    let place = Place::new();
    let mut vault = place.create(&contents);
    let first = fs::read(&place.path).unwrap();
    vault
        .save(bytes(&contents), bytes(b""), &mut rng())
        .unwrap();
    let second = fs::read(&place.path).unwrap();

    for known in ["Mustermann", "1964-08-12", "C01X00T47", "right"] {
        let hex: String = known.bytes().map(|byte| format!("{byte:02x}")).collect();
        for form in [
            known.as_bytes(),
            hex.as_bytes(),
            &keys::sha256(known.as_bytes()),
        ] {
            assert!(!contains(&first, form));
        }
    }
    // The same contents saved twice share the header and no block of the rest.
    const HEADER: usize = 8 + 2 + 12 + 16 + 73 + 16 + 32;
    assert_eq!(first[..HEADER], second[..HEADER]);
    for block in first[HEADER + 1..].chunks_exact(16) {
        assert!(!contains(&second, block));
    }
    // Bytes of the body are spread evenly: chi-square with 255 degrees of freedom, p < 1e-9.
    let mut counts = [0_f64; 256];
    first[HEADER..]
        .iter()
        .for_each(|byte| counts[usize::from(*byte)] += 1.0);
    let expected = (first.len() - HEADER) as f64 / 256.0;
    let chi: f64 = counts
        .iter()
        .map(|count| (count - expected).powi(2) / expected)
        .sum();
    assert!(chi < 420.0, "{chi}");
}

#[test]
fn the_size_tells_one_step_of_a_coarse_scale() {
    let size = |contents: &[u8]| {
        let place = Place::new();
        drop(place.create(contents));
        fs::metadata(&place.path).unwrap().len()
    };
    assert_eq!(size(b""), size(&[1; 16_000]));
    assert_eq!(size(&[1; 20_000]), size(&[1; 32_000]));
    assert_ne!(size(b""), size(&[1; 32_000]));
}

fn contains(file: &[u8], part: &[u8]) -> bool {
    file.windows(part.len()).any(|window| window == part)
}

#[test]
fn nothing_is_left_beside_the_vault_but_its_empty_lock() {
    let place = Place::new();
    let mut vault = place.create(b"x");
    vault.save(bytes(b"y"), bytes(b""), &mut rng()).unwrap();
    drop(vault);
    let mut names: Vec<String> = fs::read_dir(place.folder.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["wallet.vault", "wallet.vault.lock"]);
    let lock: &Path = &place.folder.path().join("wallet.vault.lock");
    assert_eq!(fs::metadata(lock).unwrap().len(), 0);
}
