//! What a person and an attacker see of a backup and of the renewal's compartment (invariant 7).
#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use keys::seal::SealingKey;
use tempfile::TempDir;
use vault::{Backup, Compartment, VaultError};
use zeroize::Zeroizing;

struct Place {
    folder: TempDir,
    vault: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = folder.path().join("wallet.vault");
        Self { folder, vault }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn compartment(&self, contents: &[u8]) -> Compartment {
        Compartment::create(&self.vault, bytes(contents), &mut rng()).unwrap()
    }

    fn open(&self) -> Result<Option<Vec<u8>>, VaultError> {
        let opened = Compartment::open(&self.vault)?;
        Ok(opened.map(|compartment| compartment.contents().to_vec()))
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn bytes(contents: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(contents.to_vec())
}

fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

fn key(byte: u8) -> SealingKey {
    SealingKey::new(&[byte; 32])
}

fn read(path: &Path, key: &SealingKey) -> Result<Vec<u8>, VaultError> {
    Backup::at(path).read(key).map(|contents| contents.to_vec())
}

#[test]
fn a_compartment_opens_without_the_vault_and_goes_for_good() {
    let place = Place::new();
    assert!(place.open().unwrap().is_none());
    drop(place.compartment(b"first"));
    assert_eq!(place.open().unwrap().unwrap(), b"first");
    drop(place.compartment(b"second"));
    let mut open = Compartment::open(&place.vault).unwrap().unwrap();
    assert_eq!(open.contents(), b"second");
    open.save(bytes(b"third"), &mut rng()).unwrap();
    assert!(matches!(place.open(), Err(VaultError::Locked { .. })));
    assert!(matches!(
        Compartment::remove(&place.vault),
        Err(VaultError::Locked { .. })
    ));
    drop(open);
    assert_eq!(place.open().unwrap().unwrap(), b"third");
    Compartment::remove(&place.vault).unwrap();
    Compartment::remove(&place.vault).unwrap();
    assert!(place.open().unwrap().is_none());
    assert_eq!(place.names(), ["wallet.vault.renewal.lock"]);
}

#[cfg(unix)]
#[test]
fn a_compartment_and_its_key_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new();
    drop(place.compartment(b"x"));
    let backup = place.file("backup");
    Backup::at(&backup)
        .write(&key(1), b"x", &mut rng())
        .unwrap();
    for name in place.names() {
        let mode = fs::metadata(place.file(&name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert_eq!(place.names().len(), 4);
}

#[test]
fn a_compartment_without_its_key_or_with_another_opens_nothing_and_is_made_anew() {
    let place = Place::new();
    drop(place.compartment(b"x"));
    let key = place.file("wallet.vault.renewal.key");
    let whole = fs::read(&key).unwrap();
    let other = [&whole[..8], &[7; 32]].concat();
    for broken in [&whole[..20], b"", other.as_slice()] {
        fs::write(&key, broken).unwrap();
        assert!(matches!(place.open(), Err(VaultError::Damaged { .. })));
    }
    fs::remove_file(&key).unwrap();
    assert!(matches!(place.open(), Err(VaultError::Damaged { .. })));
    drop(place.compartment(b"anew"));
    assert_eq!(place.open().unwrap().unwrap(), b"anew");
}

#[test]
fn a_backup_opens_with_its_key_alone_and_steps_in_no_other_files_place() {
    let place = Place::new();
    let path = place.file("backup");
    assert!(matches!(
        read(&path, &key(1)),
        Err(VaultError::Missing { .. })
    ));
    let backup = Backup::at(&path);
    backup.write(&key(1), b"first", &mut rng()).unwrap();
    backup.write(&key(1), b"second", &mut rng()).unwrap();
    assert_eq!(read(&path, &key(1)).unwrap(), b"second");
    assert!(matches!(
        read(&path, &key(2)),
        Err(VaultError::WrongKey { .. })
    ));
    fs::write(&path, b"holiday photographs").unwrap();
    let refused = backup.write(&key(1), b"third", &mut rng());
    assert!(matches!(refused, Err(VaultError::Exists { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"holiday photographs");
    assert!(matches!(
        read(&path, &key(1)),
        Err(VaultError::NotABackup { .. })
    ));
    let newer = [b"PESSOABK".as_slice(), &[0, 9], &[0; 64]].concat();
    fs::write(&path, newer).unwrap();
    assert!(matches!(
        read(&path, &key(1)),
        Err(VaultError::UnsupportedVersion { version: 9, .. })
    ));
}

#[test]
fn any_changed_lost_or_added_byte_is_detected() {
    let place = Place::new();
    drop(place.compartment(b"x"));
    let backup = place.file("backup");
    Backup::at(&backup)
        .write(&key(1), b"x", &mut rng())
        .unwrap();
    let compartment = place.file("wallet.vault.renewal");
    for path in [&compartment, &backup] {
        let file = fs::read(path).unwrap();
        let refused = |changed: &[u8], what: &str| {
            fs::write(path, changed).unwrap();
            let opened = match *path == backup {
                true => read(path, &key(1)).is_ok(),
                false => place.open().is_ok(),
            };
            assert!(!opened, "opened with {what}");
        };
        // All of the head and the beginning, and samples of what follows.
        for position in (0..300).chain((300..file.len()).step_by(257)) {
            let mut changed = file.clone();
            changed[position] ^= 1 << (position % 8);
            refused(&changed, &format!("byte {position} changed"));
            // Nor does it help to mend the checksum, which is no secret.
            let checked = changed.len() - 32;
            let checksum = keys::sha256(&changed[..checked]);
            changed[checked..].copy_from_slice(&checksum);
            if position < checked {
                refused(&changed, &format!("byte {position} changed and mended"));
            }
        }
        for length in (0..file.len()).step_by(97).chain([file.len() - 1]) {
            refused(&file[..length], &format!("{length} bytes left"));
        }
        refused(&[file.as_slice(), b"\0"].concat(), "a byte added");
    }
}

#[test]
fn the_files_tell_nothing_about_their_contents() {
    let place = Place::new();
    let contents = b"Erika Mustermann, born 1964-08-12, document C01X00T47".repeat(100);
    let mut compartment = place.compartment(&contents);
    let path = place.file("wallet.vault.renewal");
    let first = fs::read(&path).unwrap();
    compartment.save(bytes(&contents), &mut rng()).unwrap();
    let second = fs::read(&path).unwrap();
    for known in ["Mustermann", "1964-08-12", "C01X00T47"] {
        let hex: String = known.bytes().map(|byte| format!("{byte:02x}")).collect();
        for form in [
            known.as_bytes(),
            hex.as_bytes(),
            &keys::sha256(known.as_bytes()),
        ] {
            assert!(!contains(&first, form), "{known}");
        }
    }
    const HEAD: usize = 8 + 2 + 16;
    assert_eq!(first[..HEAD], second[..HEAD]);
    for block in first[HEAD + 1..].chunks_exact(16) {
        assert!(!contains(&second, block));
    }
}

fn contains(file: &[u8], part: &[u8]) -> bool {
    file.windows(part.len()).any(|window| window == part)
}

#[test]
fn debug_shows_no_secret() {
    let place = Place::new();
    let shown = format!("{:?}", place.compartment(b"the secret contents"));
    assert!(
        !shown.contains("secret") && !shown.contains("key"),
        "{shown}"
    );
}
