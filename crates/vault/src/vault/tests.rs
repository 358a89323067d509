//! The vault on a disk that fails, and on a machine that dies, at every single step.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::*;
use crate::compartment::Compartment;

const OLD: &[u8] = b"the old contents";
const NEW: &[u8] = b"the new contents, which differ";

fn passphrase(text: &str) -> Passphrase {
    Passphrase::from(text.to_owned())
}

fn vault(path: &Path) -> Vault {
    let contents = Zeroizing::new(OLD.to_vec());
    let cost = Cost::insecure_for_tests();
    Vault::create_at_cost(path, &passphrase("open"), cost, contents, &mut Numbers(1)).unwrap()
}

fn save_new(vault: &mut Vault) -> Result<(), VaultError> {
    vault.save(Zeroizing::new(NEW.to_vec()), &mut Numbers(2))
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
                assert_eq!(open.contents(), OLD);
            }
            drop(open);
            let mut again = Vault::open(&path, &passphrase("open")).unwrap();
            match saved {
                Ok(()) => assert_eq!(again.contents(), NEW),
                Err(_) => assert!(again.contents() == OLD || again.contents() == NEW),
            }
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
        let old = Vault::open(&path, &passphrase("open")).map(|vault| vault.contents().to_vec());
        let new = Vault::open(&path, &passphrase("other")).map(|vault| vault.contents().to_vec());
        match (old, new) {
            (Ok(contents), Err(VaultError::WrongPassphrase))
            | (Err(VaultError::WrongPassphrase), Ok(contents)) => assert_eq!(contents, OLD),
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

    let contents = |file: Option<Vec<u8>>| {
        fs::write(&path, file.expect("the name is gone")).unwrap();
        Vault::open(&path, &passphrase("open"))
            .unwrap()
            .contents()
            .to_vec()
    };
    let history = recorder.history.lock().unwrap();
    assert_eq!(history.len(), 8);
    for (step, folder) in history.iter().enumerate() {
        for file in folder.after_power_loss(&path) {
            let contents = contents(file);
            assert!(contents == OLD || contents == NEW, "after step {step}");
        }
    }
    // Saving has returned: now only the new contents may be there.
    for file in history.last().unwrap().after_power_loss(&path) {
        assert_eq!(contents(file), NEW);
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
