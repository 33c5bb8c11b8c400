"""Questions that a command answers in a process of its own."""

import pytest

from core.jobs.inquiries import Inquiry, InquiryFailed


def test_answer_is_what_the_command_prints(picture_folder):
    inquiry = Inquiry("inspect", str(picture_folder), "--samples", "2", "--format", "json")
    answer = inquiry.answer()
    assert not inquiry.is_active
    assert answer["classes"] == {"emu": 6, "ketch": 6, "lotus": 6}
    assert len({one["label"] for one in answer["samples"]}) == 2


def test_mistake_is_the_sentence_of_the_command(tmp_path):
    with pytest.raises(InquiryFailed) as failure:
        Inquiry("inspect", str(tmp_path / "missing"), "--format", "json").answer()
    assert str(failure.value) == f"There is no folder {tmp_path / 'missing'}."


def test_inquiry_that_is_stopped_has_no_answer(picture_folder):
    inquiry = Inquiry("inspect", str(picture_folder), "--format", "json")
    inquiry.stop()
    with pytest.raises(InquiryFailed):
        inquiry.answer()
    assert not inquiry.is_active
    inquiry.stop()


def test_how_far_a_command_is_can_be_asked_while_it_writes(tmp_path):
    inquiry = Inquiry.__new__(Inquiry)
    with (tmp_path / "stderr").open("w+b") as inquiry._reasons:
        said = []
        for text in (b"A warning.\n", b"Fetching 1 of 3 MB, 1 MB/s, 00:02 left\r", b"Fetching 2 "):
            inquiry._reasons.write(text)
            inquiry._reasons.flush()
            said.append(inquiry.progress)
    assert said == ["", "Fetching 1 of 3 MB, 1 MB/s, 00:02 left", "Fetching 2"]
    assert (tmp_path / "stderr").read_bytes().startswith(b"A warning.\nFetching 1")
