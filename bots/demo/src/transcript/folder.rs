//! Where pictures are saved: under their own names, and never over a file that is there.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use kling_emulator::discord::{SeenFile, Snowflake};

/// How many names are tried before a file counts as one that cannot be saved.
const NAMES: u32 = 1000;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Saved {
    /// It is here.
    At(PathBuf),
    /// It could not be saved: why, as a sentence.
    Nowhere(String),
}

/// A folder, and what was saved in it.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    saved: BTreeMap<Snowflake, Saved>,
}

impl Folder {
    /// Makes the folder, unless it is there.
    pub(crate) fn make(path: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(path)
            .with_context(|| format!("{} cannot be made", path.display()))?;
        Ok(Self {
            path: path.to_owned(),
            saved: BTreeMap::new(),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What became of a file that was attached to a message; `None` when it was not to be saved.
    pub(crate) fn saved(&self, file: Snowflake) -> Option<&Saved> {
        self.saved.get(&file)
    }

    /// Why files could not be saved.
    pub(crate) fn problems(&self) -> impl Iterator<Item = &str> {
        self.saved.values().filter_map(|saved| match saved {
            Saved::At(_) => None,
            Saved::Nowhere(why) => Some(why.as_str()),
        })
    }

    /// Saves what is attached to a message, once.
    pub(crate) fn save(&mut self, file: &SeenFile, bytes: Option<impl AsRef<[u8]>>) {
        if self.saved.contains_key(&file.id) {
            return;
        }
        let saved = match bytes {
            Some(bytes) => self.keep(&file.filename, bytes.as_ref()),
            None => Err(anyhow::anyhow!("{} was gone already", file.filename)),
        };
        let saved = match saved {
            Ok(path) => Saved::At(path),
            Err(error) => Saved::Nowhere(format!("{error:#}")),
        };
        self.saved.insert(file.id, saved);
    }

    /// Writes a file and answers where. A file with this name and other bytes stays as it is, and the new one
    /// gets a number: `boat_2.png`.
    pub(crate) fn keep(&self, name: &str, bytes: &[u8]) -> anyhow::Result<PathBuf> {
        // The name comes from outside; only its last part may choose where the file goes.
        let name = Path::new(name.trim_matches('.'))
            .file_name()
            .unwrap_or("file".as_ref());
        for number in 1..=NAMES {
            let path = self.path.join(numbered(Path::new(name), number));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    if let Err(error) = file.write_all(bytes).and_then(|()| file.sync_all()) {
                        // Half a picture helps nobody.
                        drop(std::fs::remove_file(&path));
                        return Err(error).context(cannot(&path));
                    }
                    return Ok(path);
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    if std::fs::read(&path).is_ok_and(|there| there == bytes) {
                        return Ok(path);
                    }
                }
                Err(error) => return Err(error).context(cannot(&path)),
            }
        }
        bail!(
            "{}: too many files have that name",
            cannot(&self.path.join(name))
        )
    }
}

fn cannot(path: &Path) -> String {
    format!("{} cannot be saved", path.display())
}

fn numbered(name: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return name.to_owned();
    }
    let stem = name.file_stem().unwrap_or_default().to_string_lossy();
    let mut numbered = PathBuf::from(format!("{stem}_{number}"));
    if let Some(extension) = name.extension() {
        numbered.set_extension(extension);
    }
    numbered
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attached(filename: &str) -> SeenFile {
        SeenFile {
            id: Snowflake(7),
            filename: filename.to_owned(),
            content_type: "image/png".to_owned(),
            size: 3,
            url: String::new(),
            description: None,
            width: None,
            height: None,
        }
    }

    #[test]
    fn a_file_that_is_there_is_never_written_over() {
        let scratch = tempfile::tempdir().expect("a folder");
        let folder = Folder::make(scratch.path()).expect("a folder");
        std::fs::write(scratch.path().join("boat.png"), "mine").expect("written");

        let second = folder.keep("boat.png", b"theirs").expect("saved");
        let again = folder.keep("boat.png", b"theirs").expect("saved");
        let third = folder.keep("boat.png", b"others").expect("saved");

        assert_eq!(second, scratch.path().join("boat_2.png"));
        assert_eq!(again, second);
        assert_eq!(third, scratch.path().join("boat_3.png"));
        let mine = std::fs::read(scratch.path().join("boat.png")).expect("there");
        assert_eq!(mine, b"mine");
    }

    #[test]
    fn a_name_from_outside_stays_inside() {
        let scratch = tempfile::tempdir().expect("a folder");
        let folder = Folder::make(scratch.path()).expect("a folder");

        for name in ["../../up.png", "/etc/up.png", "..", ".", ""] {
            let path = folder.keep(name, name.as_bytes()).expect("saved");
            assert_eq!(path.parent(), Some(scratch.path()), "{name}");
        }
    }

    #[test]
    fn a_picture_that_cannot_be_saved_is_said() {
        let scratch = tempfile::tempdir().expect("a folder");
        let mut folder = Folder::make(&scratch.path().join("gone")).expect("a folder");
        std::fs::remove_dir(folder.path()).expect("removed");

        folder.save(&attached("boat.png"), Some(b"abc"));

        let problems: Vec<&str> = folder.problems().collect();
        let [problem] = problems.as_slice() else {
            panic!("one problem, not {problems:?}")
        };
        assert!(problem.contains("boat.png cannot be saved: "), "{problem}");
    }
}
