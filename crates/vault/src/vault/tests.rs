//! The vault on a disk that fails, and on a machine that dies, at every single step.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::*;
use crate::compartment::Compartment;

const OLD: &[u8] = b"the old contents";
const NEW: &[u8] = b"the new contents, which differ";
/// As long as several chunks.
const OLD_ANNEX: &[u8] = &[1; 40_000];
const NEW_ANNEX: &[u8] = &[2; 70_000];

fn passphrase(text: &str) -> Passphrase {
    Passphrase::from(text.to_owned())
}

fn vault(path: &Path) -> Vault {
    let contents = Zeroizing::new(OLD.to_vec());
    let cost = Cost::insecure_for_tests();
    let rng = &mut Numbers(1);
    let mut vault = Vault::create_at_cost(path, &passphrase("open"), cost, contents, rng).unwrap();
    save(&mut vault, OLD, OLD_ANNEX).unwrap();
    vault
}

fn save_new(vault: &mut Vault) -> Result<(), VaultError> {
    save(vault, NEW, NEW_ANNEX)
}

fn save(vault: &mut Vault, contents: &[u8], annex: &[u8]) -> Result<(), VaultError> {
    let [contents, annex] = [contents, annex].map(|part| Zeroizing::new(part.to_vec()));
    vault.save(contents, annex, &mut Numbers(2))
}

/// Both parts are old, or both are new.
fn is_new(vault: &Vault) -> bool {
    let parts = (vault.contents(), vault.annex().unwrap());
    let is_new = parts == (NEW, NEW_ANNEX);
    assert!(
        is_new || parts == (OLD, OLD_ANNEX),
        "neither the old nor the new"
    );
    is_new
}

/// Fails from one step on: as a full disk does (that step alone) or a dying machine (all after).
#[derive(Debug)]
struct Failing {
    steps_left: Mutex<usize>,
    for_good: bool,
}

impl Failing {
    fn after(steps: usize, for_good: bool) -> Arc<Self> {
        Arc::new(Self {
            steps_left: Mutex::new(steps),
            for_good,
        })
    }

    fn step(&self) -> io::Result<()> {
        let mut left = self.steps_left.lock().unwrap();
        let fails = *left == 0;
        if fails && !self.for_good {
            *left = usize::MAX;
        } else if !fails {
            *left -= 1;
        }
        if fails {
            Err(io::Error::other("injected"))
        } else {
            Ok(())
        }
    }
}

impl Files for Failing {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        Disk.read(path)
    }
    fn read_part(&self, path: &Path, from: u64, length: usize) -> io::Result<Vec<u8>> {
        Disk.read_part(path, from, length)
    }
    fn length(&self, path: &Path) -> io::Result<u64> {
        Disk.length(path)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        Disk.remove(path)
    }
    fn create(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        Disk.create(path)
    }
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step().inspect_err(|_| {
            // A write that fails may have written a part.
            Disk.append(path, &bytes[..bytes.len() / 2]).unwrap();
        })?;
        Disk.append(path, bytes)
    }
    fn sync(&self, path: &Path) -> io::Result<()> {
        self.step()?;
        Disk.sync(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        Disk.rename(from, to)
    }
    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.step()?;
        Disk.sync_folder(folder)
    }
}

#[test]
fn a_failure_at_any_step_leaves_the_old_or_the_new_contents() {
    for for_good in [false, true] {
        let mut failures = 0;
        for step in 0.. {
            let place = tempfile::tempdir().unwrap();
            let path = place.path().join("vault");
            let mut open = vault(&path);
            open.files = Failing::after(step, for_good);
            let saved = save_new(&mut open);
            if saved.is_err() {
                failures += 1;
                assert!(!is_new(&open));
            }
            drop(open);
            let mut again = Vault::open(&path, &passphrase("open")).unwrap();
            let found = is_new(&again);
            assert!(found || saved.is_err());
            // What the failure left behind is no obstacle.
            save_new(&mut again).unwrap();
            if saved.is_ok() {
                break;
            }
        }
        // remove, create, write header, write body, sync, rename, sync folder
        assert_eq!(failures, 7);
    }
}

#[test]
fn a_failure_at_any_step_leaves_a_compartment_with_old_or_new_contents() {
    for for_good in [false, true] {
        for step in 0.. {
            let place = tempfile::tempdir().unwrap();
            let path = place.path().join("vault");
            let old = Zeroizing::new(OLD.to_vec());
            let mut open = Compartment::create(&path, old, &mut Numbers(1)).unwrap();
            open.files = Failing::after(step, for_good);
            let saved = open.save(Zeroizing::new(NEW.to_vec()), &mut Numbers(2));
            drop(open);
            let again = Compartment::open(&path).unwrap().unwrap();
            match saved {
                Ok(()) => {
                    assert_eq!(again.contents(), NEW);
                    // remove, create, write, sync, rename, sync folder
                    assert_eq!(step, 6);
                    break;
                }
                Err(_) => assert!(again.contents() == OLD || again.contents() == NEW),
            }
        }
    }
}

#[test]
fn a_failure_while_the_passphrase_changes_leaves_one_that_opens() {
    for step in 0..7 {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("vault");
        let mut open = vault(&path);
        open.files = Failing::after(step, true);
        open.change_passphrase(&passphrase("other"), &mut Numbers(2))
            .unwrap_err();
        drop(open);
        let old = Vault::open(&path, &passphrase("open")).map(|vault| is_new(&vault));
        let new = Vault::open(&path, &passphrase("other")).map(|vault| is_new(&vault));
        match (old, new) {
            (Ok(is_new), Err(VaultError::WrongPassphrase))
            | (Err(VaultError::WrongPassphrase), Ok(is_new)) => assert!(!is_new),
            other => panic!("{other:?}"),
        }
    }
}

/// A folder on a machine that can lose power: what was not synced may be there afterwards or not.
#[derive(Clone, Debug, Default)]
struct Folder {
    // Names as the running machine sees them, and as the disk has them.
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    bytes: Vec<Vec<u8>>,
    durable_bytes: Vec<Vec<u8>>,
}

impl Folder {
    fn holding(path: &Path, bytes: Vec<u8>) -> Self {
        let names = BTreeMap::from([(path.to_owned(), 0)]);
        Self {
            durable_names: names.clone(),
            names,
            durable_bytes: vec![bytes.clone()],
            bytes: vec![bytes],
        }
    }

    /// What the file may hold when power comes back: either version of the names, and of the bytes
    /// either version or a prefix of the newer.
    fn after_power_loss(&self, path: &Path) -> Vec<Option<Vec<u8>>> {
        let mut found = Vec::new();
        for names in [&self.names, &self.durable_names] {
            let Some(&file) = names.get(path) else {
                found.push(None);
                continue;
            };
            let (newer, older) = (&self.bytes[file], &self.durable_bytes[file]);
            found.push(Some(older.clone()));
            found.push(Some(newer.clone()));
            if newer != older {
                found.push(Some(newer[..newer.len() / 2].to_vec()));
            }
        }
        found
    }
}

/// Records the folder after every step.
#[derive(Debug)]
struct Recorder {
    history: Mutex<Vec<Folder>>,
}

impl Recorder {
    fn step(&self, change: impl FnOnce(&mut Folder)) -> io::Result<()> {
        let mut history = self.history.lock().unwrap();
        let mut folder = history.last().unwrap().clone();
        change(&mut folder);
        history.push(folder);
        Ok(())
    }
}

impl Files for Recorder {
    fn read(&self, _path: &Path) -> io::Result<Vec<u8>> {
        unreachable!("saving does not read")
    }
    fn read_part(&self, _path: &Path, _from: u64, _length: usize) -> io::Result<Vec<u8>> {
        unreachable!("saving does not read")
    }
    fn length(&self, _path: &Path) -> io::Result<u64> {
        unreachable!("saving does not read")
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step(|folder| {
            folder.names.remove(path);
        })
    }
    fn create(&self, path: &Path) -> io::Result<()> {
        self.step(|folder| {
            folder.names.insert(path.to_owned(), folder.bytes.len());
            folder.bytes.push(Vec::new());
            folder.durable_bytes.push(Vec::new());
        })
    }
    fn append(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step(|folder| {
            let file = folder.names[path];
            folder.bytes[file].extend_from_slice(bytes);
        })
    }
    fn sync(&self, path: &Path) -> io::Result<()> {
        self.step(|folder| {
            let file = folder.names[path];
            folder.durable_bytes[file] = folder.bytes[file].clone();
        })
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(|folder| {
            let file = folder.names.remove(from).unwrap();
            folder.names.insert(to.to_owned(), file);
        })
    }
    fn sync_folder(&self, _folder: &Path) -> io::Result<()> {
        self.step(|folder| folder.durable_names = folder.names.clone())
    }
}

#[test]
fn a_loss_of_power_at_any_step_leaves_the_old_or_the_new_contents() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("vault");
    let mut open = vault(&path);
    let path = open.path().to_owned();
    let start = Folder::holding(&path, fs::read(&path).unwrap());
    let recorder = Arc::new(Recorder {
        history: Mutex::new(vec![start]),
    });
    open.files = recorder.clone();
    save_new(&mut open).unwrap();
    drop(open);

    let is_new = |file: Option<Vec<u8>>| {
        fs::write(&path, file.expect("the name is gone")).unwrap();
        is_new(&Vault::open(&path, &passphrase("open")).unwrap())
    };
    let history = recorder.history.lock().unwrap();
    assert_eq!(history.len(), 8);
    for folder in history.iter() {
        for file in folder.after_power_loss(&path) {
            is_new(file);
        }
    }
    // Saving has returned: now only the new contents may be there.
    for file in history.last().unwrap().after_power_loss(&path) {
        assert!(is_new(file));
    }
}

/// Bytes that count up from a start, in the place of randomness.
struct Numbers(u8);

impl rand_core::TryRng for Numbers {
    type Error = std::convert::Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(0)
    }
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(0)
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for byte in bytes {
            *byte = self.0;
            self.0 = self.0.wrapping_add(1);
        }
        Ok(())
    }
}

impl rand_core::TryCryptoRng for Numbers {}
