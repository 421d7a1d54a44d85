"""OpenAI's pictures: made from words (``/images/generations``) or from others (``/images/edits``).

The ``gpt-image`` models are billed by the token, which their answers tell. Older ones, and those of
compatible providers, are billed by the picture at a price that goes by quality and size.
"""

from typing import Any

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    AS_ASKED,
    AppRequest,
    CallRequest,
    OutputLimit,
    UpstreamRequest,
    UsageReport,
    VisibleOutput,
)
from wattfare_desktop.providers.estimates import estimated
from wattfare_desktop.providers.fields import RefusedError, flag, model_of, object_of, text, whole
from wattfare_desktop.providers.openai.chat_usage import count_of, part_of
from wattfare_desktop.providers.openai.forms import Form, with_model
from wattfare_desktop.providers.openai.image_bounds import (
    GUESSED_TOKENS,
    ImageCall,
    Picture,
    picture,
)
from wattfare_desktop.providers.openai.operation import Operation
from wattfare_desktop.providers.openai.stated_cost import states_cost, told_usd


class _Pictures(Operation):
    """What both have in common: how the answer is billed."""

    def report(self, call: CallRequest, body: dict[str, Any], raw: bytes) -> UsageReport | None:
        """Return the tokens an answer tells, or how many pictures are in it."""
        reported = part_of(body, "usage")
        usage = _counted(call, body) if call.counted_max else _usage(reported)
        stated = told_usd(reported, raw) if states_cost(reported) else None
        if usage is None:
            return None
        is_computed = bool(call.counted_max) and stated is None
        return UsageReport(usage=usage, stated_usd=stated, computed=is_computed)

    def estimate(self, call: CallRequest, visible: VisibleOutput) -> Usage:
        """Return what the pictures that were asked for would be billed at."""
        if call.counted_max:
            return Usage(counted=call.counted_max)
        each = GUESSED_TOKENS if call.output_tokens_max is None else call.output_tokens_max
        tokens = call.choices * each
        return Usage(
            input_tokens=estimated(call, visible).input_tokens,
            output_tokens=tokens,
            output_image_tokens=tokens,
        )


class OpenAiImages(_Pictures):
    """The dialect of ``POST /images/generations``."""

    path = "/images/generations"

    def read(self, asked: AppRequest) -> CallRequest:
        """Read what an app sent. Raises RefusedError."""
        body = object_of(asked.body)
        text(body, "prompt")
        stream = flag(body, "stream")
        return ImageCall(
            model=model_of(body),
            picture=picture(text(body, "size"), text(body, "quality"), _partials(body, stream)),
            choices=_count(body, stream),
            stream=stream,
            text_tokens_max=asked.body_bytes,
            text_bytes=asked.body_bytes,
            body=body,
        )


class OpenAiImageEdits(_Pictures):
    """The dialect of ``POST /images/edits``, a form."""

    path = "/images/edits"

    def read(self, asked: AppRequest) -> CallRequest:
        """Read what an app sent. Raises RefusedError."""
        form = Form(asked.body).only("image", "image[]", "mask")
        stream = form.flag("stream")
        numbers = {"n": form.whole("n"), "partial_images": form.whole("partial_images")}
        pictures = form.files("image", "image[]", "mask")
        if not pictures:
            raise RefusedError("Missing required parameter: 'image'.", "image")
        return ImageCall(
            model=model_of(form.as_object("model")),
            picture=_edited(form, _partials(numbers, stream)),
            choices=_count(numbers, stream),
            stream=stream,
            text_tokens_max=form.field_bytes,
            text_bytes=form.field_bytes,
            media_parts=len(pictures),
            image_parts=len(pictures),
            body=form.parts,
        )

    def upstream_request(
        self,
        call: CallRequest,
        model: str,
        limit: OutputLimit = AS_ASKED,  # noqa: ARG002 - there is nothing to bound it by
    ) -> UpstreamRequest:
        """Return the form that was priced, with its model."""
        return UpstreamRequest(path=self.path, body=with_model(call.body, model))


def _counted(call: CallRequest, body: dict[str, Any]) -> Usage:
    made = body.get("data")
    count = len(made) if isinstance(made, list) else call.choices
    return Usage(counted={UnitKind.IMAGE: count})


def _edited(form: Form, partials: int) -> Picture:
    return picture(form.text("size"), form.text("quality"), partials)


def _count(values: dict[str, Any], stream: bool) -> int:  # noqa: FBT001 - what it is given
    count = whole(values, "n", 1, 10) or 1
    if stream and count > 1:
        # Whether each of their last events tells its own usage or that of all is not known.
        raise RefusedError("Only one picture at a time is streamed: set 'n' to 1.", "n")
    return count


def _partials(values: dict[str, Any], stream: bool) -> int:  # noqa: FBT001 - what it is given
    told = whole(values, "partial_images", 0, 3) or 0
    return told if stream else 0


def _usage(reported: dict[str, Any]) -> Usage | None:
    taken = count_of(reported, "input_tokens")
    made = count_of(reported, "output_tokens")
    if taken is None or made is None:
        return None
    inside = part_of(reported, "input_tokens_details")
    cached = part_of(inside, "cached_tokens_details")
    cached_pictures = count_of(cached, "image_tokens") or 0
    pictures = count_of(inside, "image_tokens") or 0
    drawn = count_of(part_of(reported, "output_tokens_details"), "image_tokens")
    return Usage.reconciled(
        input_tokens=taken,
        cached_read_tokens=(count_of(inside, "cached_tokens") or 0) - cached_pictures,
        cached_image_tokens=cached_pictures,
        input_image_tokens=pictures - cached_pictures,
        output_tokens=made,
        # Where the two are not told apart it is all pictures, which are never the cheaper.
        output_image_tokens=made if drawn is None else drawn,
    )
