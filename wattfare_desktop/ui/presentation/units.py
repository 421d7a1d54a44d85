"""What a bill counts, in words."""

from typing import Final

from wattfare_desktop.core.metering.units import UnitKind

KIND_WORDS: Final = {
    UnitKind.INPUT: "Sent",
    UnitKind.CACHED_READ: "From the cache",
    UnitKind.CACHED_AUDIO: "Sound from the cache",
    UnitKind.CACHED_IMAGE: "Pictures from the cache",
    UnitKind.CACHE_WRITE: "Into the cache",
    UnitKind.CACHE_WRITE_LONG: "Into the cache for an hour",
    UnitKind.INPUT_AUDIO: "Sent as sound",
    UnitKind.INPUT_IMAGE: "Sent as pictures",
    UnitKind.OUTPUT: "Answered",
    UnitKind.REASONING: "Thinking",
    UnitKind.OUTPUT_AUDIO: "Answered as sound",
    UnitKind.OUTPUT_IMAGE: "Answered as pictures",
    UnitKind.REQUEST: "Request",
    UnitKind.WEB_SEARCH: "Web searches",
    UnitKind.FILE_SEARCH: "File searches",
    UnitKind.CODE_EXECUTION: "Code runs",
    UnitKind.IMAGE: "Pictures",
    UnitKind.CHARACTER: "Characters",
    UnitKind.AUDIO_MILLISECOND: "Sound",
    UnitKind.PAGE: "Pages",
    UnitKind.RUN: "Run",
    UnitKind.STATED: "As the provider says",
}
