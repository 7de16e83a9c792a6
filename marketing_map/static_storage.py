"""Static files of production: hashed names, compressed beforehand, page scripts woven."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

from marketing_map.weaving import WOVEN, script_of, woven


class WovenManifestStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's, with one script more for each page in `WOVEN`."""

    weaves = True

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if not dry_run:
            for page, entries in WOVEN.items():
                self._weave(page, entries, paths)
        yield from super().post_process(paths, dry_run, **options)

    def _weave(self, page: str, entries: tuple[str, ...], paths: dict[str, Any]) -> None:
        def read(module: str) -> str:
            storage, path = paths[f"js/{module}.js"]
            with storage.open(path) as file:
                return bytes(file.read()).decode()

        target = Path(self.path(script_of(page)))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(woven(entries, read), "utf-8")
        paths[script_of(page)] = (self, script_of(page))
