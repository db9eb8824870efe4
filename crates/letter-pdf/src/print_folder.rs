//! The folder a print shop or a clerk prints from: one PDF per delivery and a manifest that says what each one is.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use traject_domain::Date;
use traject_templates::{ComposedLetter, DeliveryReference, LetterLanguage};

use crate::letter::Rendered;

/// The manifest's file name.
const MANIFEST: &str = "manifest.csv";
/// Written when nothing more comes: the manifest's checksum, in the form that `sha256sum --check` reads.
const CLOSED: &str = "manifest.csv.sha256";
/// Lines of the address block, name first.
const ADDRESS_LINES: usize = 6;
const HEADER: [&str; 16] = [
    "delivery_reference",
    "file",
    "sha256",
    "pages",
    "language",
    "courtesy",
    "template",
    "template_version",
    "dated_on",
    "registered",
    "address_1",
    "address_2",
    "address_3",
    "address_4",
    "address_5",
    "address_6",
];

/// A directory with `<delivery_reference>.pdf` files and `manifest.csv`, held by one process at a time.
///
/// A row stands in the manifest only when its file is on disk; a crash in between leaves a file without a row, which
/// the next [`PrintFolder::store`] of that delivery completes. A folder that was [closed](PrintFolder::close) never changes
/// again.
#[derive(Debug)]
pub struct PrintFolder {
    directory: PathBuf,
    manifest: File,
    /// SHA-256 in hexadecimal, by delivery reference.
    rows: BTreeMap<String, String>,
    is_closed: bool,
}

/// A letter to be printed. The address is personal data, which the folder holds anyhow.
#[derive(Clone)]
pub struct PrintJob<'a> {
    /// The delivery; names the file.
    pub delivery_reference: &'a DeliveryReference,
    /// The file's bytes.
    pub pdf: &'a [u8],
    /// Number of pages.
    pub pages: usize,
    /// Language or languages.
    pub language: LetterLanguage,
    /// Template name.
    pub template: &'a str,
    /// Version of its texts.
    pub template_version: &'a str,
    /// The date on the letter.
    pub dated_on: Date,
    /// The language of a translation for information that goes along, ISO 639-1.
    pub courtesy: Option<&'a str>,
    /// Whether the post registers it.
    pub registered: bool,
    /// The address block, name first; lines beyond the sixth are joined to it.
    pub address: Vec<&'a str>,
}

impl<'a> PrintJob<'a> {
    /// The job of a letter that was just rendered, for ordinary post.
    pub fn new(letter: &'a ComposedLetter, rendered: &'a Rendered) -> Self {
        let address = letter.recipient_address.iter().map(String::as_str);
        Self {
            delivery_reference: &letter.delivery_reference,
            pdf: &rendered.pdf,
            pages: rendered.pages,
            language: letter.language,
            template: letter.template,
            template_version: &letter.template_version,
            dated_on: letter.dated_on,
            courtesy: None,
            registered: false,
            address: std::iter::once(letter.recipient_name.as_str()).chain(address).collect(),
        }
    }

    /// The lines of the address block, as many as there are columns.
    fn block(&self) -> [String; ADDRESS_LINES] {
        let mut block = <[String; ADDRESS_LINES]>::default();
        let lines = self.address.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
        for (at, line) in lines.enumerate() {
            let row = &mut block[at.min(ADDRESS_LINES - 1)];
            if !row.is_empty() {
                row.push_str(", ");
            }
            row.push_str(line);
        }
        block
    }
}

/// What storing did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// File and row were written.
    New,
    /// The same letter was stored before; nothing was written, whether or not its file was taken away since.
    AlreadyThere,
}

/// The folder could not be opened or written.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The operating system refused.
    #[error("the print folder could not be read or written")]
    Io(#[from] io::Error),
    /// A line of the manifest is not CSV.
    #[error("the manifest of the print folder is not readable")]
    Manifest(#[from] csv::Error),
    /// The manifest's header is not this version's.
    #[error("the manifest of the print folder has other columns")]
    OtherColumns,
    /// Another process holds the folder.
    #[error("the print folder is held by another process")]
    Held,
    /// The folder was closed: nothing is added to it any more.
    #[error("the print folder is closed")]
    Closed,
    /// The delivery was stored before with other content. Letters are stored bytes: they never change.
    #[error("delivery {delivery_reference} is in the print folder with other content")]
    OtherContent {
        /// The delivery.
        delivery_reference: DeliveryReference,
    },
}

impl PrintFolder {
    /// Opens or makes the folder and takes it for this process. A last line that a crash cut short is removed.
    ///
    /// # Errors
    /// [`PrintError::Held`] while another process has it; [`PrintError::Manifest`] and [`PrintError::OtherColumns`]
    /// for a manifest of another make.
    pub fn open(directory: impl Into<PathBuf>) -> Result<Self, PrintError> {
        let directory = directory.into();
        fs::create_dir_all(&directory)?;
        let mut manifest = OpenOptions::new().read(true).append(true).create(true).open(directory.join(MANIFEST))?;
        manifest.try_lock().map_err(|refusal| match refusal {
            TryLockError::WouldBlock => PrintError::Held,
            TryLockError::Error(error) => PrintError::Io(error),
        })?;
        let whole = drop_torn_line(&mut manifest)?;
        if whole.is_empty() {
            append(&mut manifest, &HEADER)?;
            sync_directory(&directory)?;
        }
        let rows = if whole.is_empty() { BTreeMap::new() } else { read_rows(&whole)? };
        let is_closed = directory.join(CLOSED).try_exists()?;
        Ok(Self { directory, manifest, rows, is_closed })
    }

    /// Stores a letter: the file appears whole, then its row. Storing it again does nothing.
    ///
    /// # Errors
    /// [`PrintError::Closed`] when the folder takes no more; [`PrintError::OtherContent`] when this delivery was stored with
    /// other bytes; [`PrintError::Io`].
    pub fn store(&mut self, job: &PrintJob<'_>) -> Result<Stored, PrintError> {
        let sha256 = hexadecimal(&Sha256::digest(job.pdf));
        match self.rows.get(job.delivery_reference.as_str()) {
            Some(stored) if *stored == sha256 => return Ok(Stored::AlreadyThere),
            Some(_) => {
                return Err(PrintError::OtherContent { delivery_reference: job.delivery_reference.clone() });
            }
            None if self.is_closed => return Err(PrintError::Closed),
            None => {}
        }
        let file = format!("{}.pdf", job.delivery_reference);
        write_whole(&self.directory, &file, job.pdf)?;
        let (pages, dated_on, block) = (job.pages.to_string(), job.dated_on.to_string(), job.block());
        let mut row = vec![
            job.delivery_reference.as_str(),
            &file,
            &sha256,
            &pages,
            job.language.code(),
            job.courtesy.unwrap_or_default(),
            job.template,
            job.template_version,
            &dated_on,
            if job.registered { "yes" } else { "no" },
        ];
        row.extend(block.iter().map(String::as_str));
        append(&mut self.manifest, &row)?;
        self.rows.insert(job.delivery_reference.to_string(), sha256);
        Ok(Stored::New)
    }

    /// Closes the folder: nothing is added to it any more, and whoever prints may take it. Closing it again does nothing.
    ///
    /// # Errors
    /// [`PrintError::Io`].
    pub fn close(&mut self) -> Result<(), PrintError> {
        if !self.is_closed {
            let manifest = fs::read(self.directory.join(MANIFEST))?;
            let line = format!("{}  {MANIFEST}\n", hexadecimal(&Sha256::digest(&manifest)));
            write_whole(&self.directory, CLOSED, line.as_bytes())?;
            self.is_closed = true;
        }
        Ok(())
    }

    /// Whether the folder in a directory was closed.
    ///
    /// # Errors
    /// [`PrintError::Io`].
    pub fn was_closed(directory: &Path) -> Result<bool, PrintError> {
        Ok(directory.join(CLOSED).try_exists()?)
    }

    /// Whether it was closed.
    pub const fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// The deliveries in the manifest, in alphabetical order.
    pub fn deliveries(&self) -> impl ExactSizeIterator<Item = &str> {
        self.rows.keys().map(String::as_str)
    }
}

/// The manifest up to its last line end; anything after it is cut off the file.
fn drop_torn_line(manifest: &mut File) -> io::Result<Vec<u8>> {
    let mut whole = Vec::new();
    manifest.seek(SeekFrom::Start(0))?;
    manifest.read_to_end(&mut whole)?;
    let kept = whole.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    if kept < whole.len() {
        whole.truncate(kept);
        manifest.set_len(kept as u64)?;
        manifest.sync_all()?;
    }
    Ok(whole)
}

fn read_rows(manifest: &[u8]) -> Result<BTreeMap<String, String>, PrintError> {
    let mut reader = csv::Reader::from_reader(manifest);
    if *reader.headers()? != HEADER[..] {
        return Err(PrintError::OtherColumns);
    }
    reader
        .records()
        .map(|record| record.map(|row| (row[0].to_owned(), row[2].to_owned())).map_err(Into::into))
        .collect()
}

/// One write per row: the file is open for appending, so a row is either there, or cut short at the very end.
fn append(manifest: &mut File, row: &[&str]) -> Result<(), PrintError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(row)?;
    let line = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    manifest.write_all(&line)?;
    manifest.sync_all()?;
    Ok(())
}

/// The file appears under its name only when all its bytes are on disk.
fn write_whole(directory: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let part = directory.join(format!(".{name}.part"));
    let mut file = File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, directory.join(name))?;
    sync_directory(directory)
}

/// Makes a new name in the directory durable, where the platform lets a directory be opened.
fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
