//! The ZIP archive around a proof: what one program shows of it, every other shows too.

use std::io::{Cursor, Read as _, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Bytes of the header before each file, apart from its name.
const LOCAL_HEADER: u64 = 30;

/// The files, by name, in an archive: stored as they are, dated 1980-01-01, so that the same files give the same bytes.
pub(crate) fn archive(files: &[(&str, &[u8])]) -> Option<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, options).ok()?;
        writer.write_all(bytes).ok()?;
    }
    Some(writer.finish().ok()?.into_inner())
}

/// The files of such an archive, in its order; `None` for any other. Nothing may lie before, between or behind them, and
/// both places that name a file must agree: else the document that a reader opens need not be the one that was checked.
pub(crate) fn files(bytes: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    if !archive.comment().is_empty() {
        return None;
    }
    let mut files = Vec::new();
    let mut end = 0;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).ok()?;
        let name = entry.name().to_owned();
        let begin = entry.header_start();
        let data = entry.data_start()?;
        let stored = entry.compression() == CompressionMethod::Stored && entry.size() == entry.compressed_size();
        let after_header = usize::try_from(begin + LOCAL_HEADER).ok()?;
        let local_name = bytes.get(after_header..after_header + name.len())?;
        let plain = begin == end && data == begin + LOCAL_HEADER + name.len() as u64;
        if !stored || !plain || local_name != name.as_bytes() {
            return None;
        }
        end = data + entry.size();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).ok()?;
        files.push((name, content));
    }
    (archive.central_directory_start() == end).then_some(files)
}
