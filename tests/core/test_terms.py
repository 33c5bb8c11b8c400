"""The words that all rooms share."""

import numpy as np

from core.audit import Audit
from core.terms import EARLIER_SPELLINGS, current_name


def test_names_of_version_0_1_have_a_name_today():
    for earlier, name in EARLIER_SPELLINGS.items():
        assert current_name(earlier) == name == current_name(name)


def test_evidence_of_version_0_1_names_its_members_as_today(computed):
    with np.load(computed.evidence_file, allow_pickle=False) as file:
        arrays = dict(file)
    arrays["members"] = np.array(["neighbours", *arrays["members"][1:].tolist()])
    np.savez(computed.evidence_file, **arrays)
    assert Audit(computed.folder).evidence().members[0] == "neighbors"
