"""Whether what is told of a newer Wattfare comes from who publishes it: The Update Framework.

The one place that knows the TUF library (specification 1.0, python-tuf's own client). It is given
the root of trust that came with the program and keeps what it has verified in a folder: so nobody
between can put older words in the place of newer ones (rollback), hold them back for longer than
they are valid (freeze), mix those of two releases, or send without end.
"""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from tuf.api.exceptions import (
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    RepositoryError,
)
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.updates import LATEST, LATEST_BYTES_MAX

METADATA_BYTES_MAX: Final = 64 * 1024
"""Of any one file of metadata; those of this channel have some two kilobytes."""
ROOT_ROTATIONS_MAX: Final = 32
"""How many new roots are taken at once: one a year, and no end of them."""
_LOG: Final = logging.getLogger(__name__)
_PRIVATE_FOLDER: Final = 0o700
_NOT_FOUND: Final = 404

Fetch = Callable[[str, int], bytes | None]
"""Fetches an address, of at most so many bytes, and waits for it. None where nothing is there;
raises UserFacingError where that cannot be told."""


class UpdateTrust:
    """Verifies one channel. All of it blocks: it reads, writes and waits for what is fetched.

    ``root`` is the metadata of the root role as it came with the program, ``folder`` keeps what was
    verified; only one may use it at a time.
    """

    def __init__(self, *, root: bytes, folder: Path, metadata_url: str, targets_url: str) -> None:
        self._root = root
        self._folder = folder
        self._metadata_url = metadata_url
        self._targets_url = targets_url

    def latest(self, fetch: Fetch) -> bytes:
        """Return ``latest.json`` as it is signed at this moment, at most LATEST_BYTES_MAX.

        Raises UserFacingError where it cannot be had, is not as it was signed, or cannot be kept.
        """
        try:
            return self._latest(fetch)
        except (DownloadHTTPError, DownloadLengthMismatchError) as error:
            raise _refused("A part of it is missing or larger than it should be.", error) from None
        except DownloadError as error:
            # What the fetch itself said is meant for people, the library's words are not.
            if isinstance(error.__cause__, UserFacingError):
                raise error.__cause__ from None
            raise UserFacingError(
                "Whether there is a newer Wattfare could not be found out", "The look was cut off."
            ) from None
        except ExpiredMetadataError as error:
            raise _refused(
                "It is older than it may be: somebody may hold newer ones back, or this "
                "computer's clock is wrong.",
                error,
            ) from None
        except (RepositoryError, ValueError) as error:
            raise _refused("It is not as its publisher signed it.", error) from None
        except OSError as error:
            raise UserFacingError(
                "What was found of newer versions cannot be kept",
                f"{self._folder}: {error.strerror}.",
            ) from None

    def _latest(self, fetch: Fetch) -> bytes:
        targets = self._folder / "targets"
        for folder in (self._folder, targets):
            folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        updater = Updater(
            metadata_dir=str(self._folder),
            metadata_base_url=self._metadata_url,
            target_dir=str(targets),
            target_base_url=self._targets_url,
            fetcher=_Fetcher(fetch),
            config=UpdaterConfig(
                max_root_rotations=ROOT_ROTATIONS_MAX,
                max_delegations=0,  # the targets role alone says what is published
                root_max_length=METADATA_BYTES_MAX,
                timestamp_max_length=METADATA_BYTES_MAX,
                snapshot_max_length=METADATA_BYTES_MAX,
                targets_max_length=METADATA_BYTES_MAX,
            ),
            bootstrap=self._root,
        )
        updater.refresh()
        target = updater.get_targetinfo(LATEST)
        if target is None or target.length > LATEST_BYTES_MAX:
            raise RepositoryError(f"there is no {LATEST}, or it is too large")
        path = updater.find_cached_target(target) or updater.download_target(target)
        content = Path(path).read_bytes()
        # Once more: another program of this user may have been at the file in between.
        target.verify_length_and_hashes(content)
        return content


class _Fetcher(FetcherInterface):
    """Has the library's files fetched by somebody else."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch_file = fetch

    def _fetch(self, url: str) -> Iterator[bytes]:
        # The library holds each file to the length it has for it; this holds memory in bounds.
        content = self._fetch_file(url, METADATA_BYTES_MAX)
        if content is None:
            raise DownloadHTTPError("not found", _NOT_FOUND)
        return iter((content,))


def _refused(why: str, error: Exception) -> UserFacingError:
    # The kind alone: the library's texts quote what came.
    _LOG.warning("what is told of newer versions was refused: %s", type(error).__name__)
    return UserFacingError("What is told of newer versions was not believed", why)
