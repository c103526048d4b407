"""Files are kept whole, once, under their content's name, and only if they are what they claim to be."""

import errno
import hashlib
import os
import stat
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from unittest import mock

import pytest

from kernel.files import (
    FileDamaged,
    FileMissing,
    FileRef,
    FileTooLarge,
    FolderStore,
    MediaTypeRefused,
    NotWhatItClaims,
    StorageFull,
)
from kernel.sniffing import CSV, DOCX, JPEG, PDF, PNG, TEXT, XLSX

PDF_BYTES = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path / "files")


def archive(*names, content=b"<x/>", **settings):
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, **settings) as made:
        for name in names:
            made.writestr(name, content)
    return target.getvalue()


def everything_in(folder):
    return sorted(path for path in Path(folder).rglob("*") if path.is_file())


def test_a_file_goes_by_the_hash_of_its_content(store):
    ref = store.put(PDF_BYTES, media_type=PDF)

    assert ref == FileRef(hashlib.sha256(PDF_BYTES).hexdigest(), len(PDF_BYTES), PDF)
    assert store.read(ref.sha256) == PDF_BYTES
    with store.open(ref.sha256) as file:
        assert file.read() == PDF_BYTES


def test_the_same_content_twice_is_kept_once(store, tmp_path):
    assert store.put(PDF_BYTES, media_type=PDF) == store.put(BytesIO(PDF_BYTES), media_type=PDF)
    assert len(everything_in(tmp_path)) == 1


def test_only_this_user_can_see_the_files(store, tmp_path):
    store.put(PDF_BYTES, media_type=PDF)

    for path in (tmp_path / "files").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_folder_that_was_there_keeps_its_mode(tmp_path):
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o755)

    FolderStore(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 200_000])
def test_a_stream_of_any_length_arrives_whole(store, size):
    content = b"a" * size

    ref = store.put(BytesIO(content), media_type=TEXT)

    assert ref.size == size
    assert store.read(ref.sha256) == content


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(store, tmp_path):
    with pytest.raises(FileTooLarge) as refused:
        store.put(BytesIO(b"a" * 100_001), media_type=TEXT, limit=100_000)

    assert refused.value.limit_bytes == 100_000
    assert everything_in(tmp_path) == []
    store.put(b"a" * 100_000, media_type=TEXT, limit=100_000)


def test_a_stream_is_not_read_far_beyond_the_limit(store):
    class Endless(BytesIO):
        served = 0

        def read(self, size=-1):
            self.served += size
            return b"a" * size

    endless = Endless()

    with pytest.raises(FileTooLarge):
        store.put(endless, media_type=TEXT, limit=100_000)

    assert endless.served < 300_000


@pytest.mark.parametrize("media_type", ["image/svg+xml", "text/html", "application/zip", "", "PDF"])
def test_a_type_that_cannot_be_examined_is_refused(store, media_type):
    with pytest.raises(MediaTypeRefused):
        store.put(b"<svg/>", media_type=media_type)


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        (PNG, b"\x89PNG\r\n\x1a\n...."),
        (JPEG, b"\xff\xd8\xff\xe0...."),
        (DOCX, archive("[Content_Types].xml", "word/document.xml")),
        (XLSX, archive("[Content_Types].xml", "xl/workbook.xml")),
        (CSV, "名称,价格\n".encode()),
        (CSV, b"\xef\xbb\xbf" + "名称,价格\n".encode()),
        (CSV, "名称,价格\r\n".encode("gb18030")),
        (TEXT, b""),
    ],
)
def test_a_file_that_is_what_it_claims_is_kept(store, media_type, content):
    assert store.read(store.put(content, media_type=media_type).sha256) == content


@pytest.mark.parametrize(
    ("media_type", "content", "reason"),
    [
        (PDF, b"", "magic-bytes"),
        (PDF, b"%PD", "magic-bytes"),
        (PDF, b"<html>%PDF-1.7", "magic-bytes"),
        (PNG, PDF_BYTES, "magic-bytes"),
        (JPEG, b"\x89PNG\r\n\x1a\n", "magic-bytes"),
        (DOCX, PDF_BYTES, "magic-bytes"),
        (DOCX, b"PK\x03\x04 and nothing", "archive"),
        (DOCX, archive("[Content_Types].xml", "xl/workbook.xml"), "archive-parts"),
        (XLSX, archive("xl/workbook.xml"), "archive-parts"),
        (XLSX, archive("[Content_Types].xml", "xl/workbook.xml", "../../etc/cron.d/x"), "archive-names"),
        (XLSX, archive("[Content_Types].xml", "xl/workbook.xml", "/etc/passwd"), "archive-names"),
        (XLSX, archive("[Content_Types].xml", "xl/workbook.xml", "C:\\x"), "archive-names"),
        (XLSX, archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "macros"),
        (
            XLSX,
            archive("[Content_Types].xml", "xl/workbook.xml", *map(str, range(5_000)), content=b""),
            "archive-too-large",
        ),
        (CSV, b"a,b\x00\n", "control-characters"),
        (CSV, b"a,b\x1b[31m\n", "control-characters"),
        (TEXT, b"\xff\xff\xff", "encoding"),
        (TEXT, b"\xe5", "encoding"),
    ],
)
def test_a_file_that_is_not_what_it_claims_is_refused_and_leaves_nothing(store, tmp_path, media_type, content, reason):
    with pytest.raises(NotWhatItClaims) as refused:
        store.put(content, media_type=media_type)

    assert refused.value.reason == reason
    assert everything_in(tmp_path) == []


def test_an_archive_that_would_unpack_to_a_mountain_is_refused_unopened(store):
    bomb = bytearray(archive("[Content_Types].xml", "xl/workbook.xml"))
    # The uncompressed size in the central directory, 24 bytes into its record.
    at = bomb.index(b"PK\x01\x02") + 24
    bomb[at : at + 4] = (600 * 1024 * 1024).to_bytes(4, "little")

    with pytest.raises(NotWhatItClaims) as refused:
        store.put(bytes(bomb), media_type=XLSX)

    assert refused.value.reason == "archive-too-large"


def test_an_encrypted_archive_is_refused(store):
    locked = bytearray(archive("[Content_Types].xml", "xl/workbook.xml"))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(NotWhatItClaims) as refused:
        store.put(bytes(locked), media_type=XLSX)

    assert refused.value.reason == "archive-encrypted"


def test_a_character_split_between_chunks_is_still_text(store):
    content = b"a" * 65_535 + "名".encode() * 10

    assert store.put(BytesIO(content), media_type=CSV).size == len(content)


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n", "a" * 64, "..", "\0" * 64, "/" + "a" * 63]
)
def test_only_a_hash_opens_a_file(store, name):
    with pytest.raises(FileMissing):
        store.open(name)


def test_a_damaged_file_is_noticed(store, tmp_path):
    ref = store.put(PDF_BYTES, media_type=PDF)
    (file,) = everything_in(tmp_path)
    file.write_bytes(PDF_BYTES + b"!")

    with pytest.raises(FileDamaged):
        store.read(ref.sha256)


def test_a_file_that_was_cut_short_is_healed_by_the_next_copy(store, tmp_path):
    ref = store.put(PDF_BYTES, media_type=PDF)
    (file,) = everything_in(tmp_path)
    file.write_bytes(PDF_BYTES[:5])

    store.put(PDF_BYTES, media_type=PDF)

    assert store.read(ref.sha256) == PDF_BYTES


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_full_disk_is_said_plainly_and_leaves_nothing(store, tmp_path, number):
    with mock.patch("os.fsync", side_effect=OSError(number, "")), pytest.raises(StorageFull):
        store.put(PDF_BYTES, media_type=PDF)

    assert everything_in(tmp_path) == []


def test_another_fault_of_the_disk_is_not_hidden(store):
    with mock.patch("os.fsync", side_effect=OSError(errno.EIO, "")), pytest.raises(OSError):
        store.put(PDF_BYTES, media_type=PDF)


def test_what_a_crashed_upload_left_can_be_swept(store, tmp_path):
    left = tmp_path / "files" / "incoming" / "left"
    left.write_bytes(b"half")
    now = datetime.now(UTC)
    os.utime(left, (now.timestamp() - 7200,) * 2)
    kept = store.put(PDF_BYTES, media_type=PDF)

    assert store.sweep(now - timedelta(hours=1)) == 1
    assert store.sweep(now - timedelta(hours=1)) == 0
    assert store.read(kept.sha256) == PDF_BYTES
