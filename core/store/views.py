"""The views of ``audit.db``: what is valid of the log, what decides, and what is in what order.

They hold nothing of their own, so they are no matter for migrations: when a
database is opened whose views differ from these, they are created anew; see
`core.store.derived`.
"""

from __future__ import annotations

import json

from core.store.sql_text import CONFIRMING, TURN, UNSURE, is_later
from core.terms import RULES, UNDO, Role, Rule

ADJUDICATION = f"'{Role.ADJUDICATION}'"
LATER = is_later("later", "v")

# The verdicts of the log. Their item is the one that holds the content now, which need not be where
# it was given, and their classes are those that they were merged into.
LOGGED_VERDICTS = f"""
select v.id, v.place_id as item_id, v.auditor_id,
  coalesce((select merged_into from classes where classes.id = v.given_id), v.given_id) as given_id,
  v.verdict, v.undoes, v.redoes, v.content_hash, v.stream, v.role,
  coalesce((select merged from merged_choices m where m.choice = v.choice), v.choice) as choice,
  v.session, v.seq, v.at, v.action, v.import_id, {TURN.format("v")} as turn
from verdicts v where v.verdict != '{UNDO}'
"""

# Verdicts that nobody has undone, on whatever content they were given.
KEPT_VERDICTS = """
select v.* from logged_verdicts v
where not exists (select 1 from verdicts u where u.undoes = v.id)
"""

# A verdict was given on a picture: it is valid while the item has that content, and again
# when the content comes back. One that was given without a hash is valid for any. That a label is
# right was said of the label at the time: it is no word on another one that the input gives now.
STANDING_VERDICTS = f"""
select v.* from kept_verdicts v join items on items.id = v.item_id
where (v.content_hash is null or v.content_hash = items.content_hash)
  and (v.verdict not in {CONFIRMING} or not exists (
    select 1 from labels l where l.item_id = v.item_id and l.class_id is not v.given_id))
"""

# The last verdict on a picture, or a label, that the item had before; nobody has judged what it
# has now.
OUTDATED_VERDICTS = f"""
select v.* from kept_verdicts v
where not exists (select 1 from standing_verdicts where item_id = v.item_id)
  and not exists (
    select 1 from kept_verdicts later where later.item_id = v.item_id and {LATER})
"""

# An item may have been judged in the queue and in the check: each stream has its own last verdict.
CURRENT_BY_STREAM = f"""
select v.* from standing_verdicts v
where not exists (
  select 1 from standing_verdicts later
  where later.item_id = v.item_id and later.stream = v.stream and {LATER}
)
"""

# The last verdict of each stream, but where others have decided otherwise in the same stream: an
# open question teaches nothing. The streams know nothing of each other here either.
AGREED_BY_STREAM = f"""
select v.* from current_by_stream v
where v.role = {ADJUDICATION} or not exists (
  select 1 from standing_verdicts other
  where other.item_id = v.item_id and other.stream = v.stream
    and other.auditor_id != v.auditor_id and other.verdict not in {UNSURE}
    and other.choice != v.choice
    and not exists (
      select 1 from standing_verdicts later
      where later.item_id = other.item_id and later.stream = other.stream
        and later.auditor_id = other.auditor_id and {is_later("later", "other")})
)
"""

# Each auditor's last verdict on an item; who adjudicates may have judged it before, and has both.
ANNOTATIONS = f"""
select v.* from standing_verdicts v
where not exists (
  select 1 from standing_verdicts later
  where later.item_id = v.item_id and later.auditor_id = v.auditor_id and {LATER}
    and (later.role = {ADJUDICATION}) = (v.role = {ADJUDICATION})
)
"""

# How an annotation weighs under each rule: the greatest (weight, tie, id) decides. Who is unsure
# decides nothing while somebody is sure, but under the rule that the latest verdict decides.
WEIGHED_ANNOTATIONS = f"""
select a.*, rules.value as rule,
  case rules.value
    when '{Rule.LATEST}' then 0
    when '{Rule.MAJORITY}' then (a.verdict not in {UNSURE}) * (
      select count(*) from annotations other where other.item_id = a.item_id
        and other.choice = a.choice and other.role != {ADJUDICATION})
    else (a.verdict not in {UNSURE}) * (1 + (a.role = {ADJUDICATION}))
  end as weight,
  case rules.value
    when '{Rule.MAJORITY}' then (a.verdict not in {UNSURE}) * (a.role = {ADJUDICATION})
    else 0
  end as tie
from annotations a cross join json_each('{json.dumps(list(RULES))}') rules
"""

DECIDING_BY_RULE = """
select a.* from weighed_annotations a
where not exists (
  select 1 from weighed_annotations other where other.item_id = a.item_id and other.rule = a.rule
    and (other.weight, other.tie, other.turn, other.at, other.id)
      > (a.weight, a.tie, a.turn, a.at, a.id)
)
"""

# The rows of the table `current_verdicts`, its columns in their order.
DECIDED = f"""
select item_id, id, auditor_id, given_id, verdict, content_hash, stream, session, seq, at,
  action, role, choice
from deciding_by_rule where rule = coalesce(
  (select json_extract(value, '$') from settings where key = 'final_rule'), '{next(iter(RULES))}')
"""

# Items on which auditors who are sure disagree, and whether somebody has adjudicated.
# Only items on which two auditors have ever decided are looked at.
DISPUTED_ITEMS = f"""
select item_id, max(role = {ADJUDICATION}) as adjudicated, min(id) as first_id
from annotations where verdict not in {UNSURE} and item_id in (
  select place_id from verdicts group by place_id having min(auditor_id) < max(auditor_id))
group by item_id
having count(distinct case when role != {ADJUDICATION} then choice end) > 1
"""

# Undos after which their author has decided nothing new here, and which were not redone.
REDOABLE_UNDOS = f"""
select u.id, u.place_id as item_id, u.auditor_id, u.undoes, u.action from verdicts u
where u.verdict = '{UNDO}' and u.import_id is null
  and not exists (select 1 from verdicts r where r.redoes = u.undoes)
  and not exists (
    select 1 from verdicts later
    where later.auditor_id = u.auditor_id and later.id > u.id
      and later.verdict != '{UNDO}' and later.redoes is null and later.action is not null
      and later.import_id is null
  )
"""

# The classes of a verdict, each once, as they are called now. Not grouped by the verdict: all would
# be, to look at one.
NAMED_CLASSES = """
select one.verdict_id, one.position, now.name
from verdict_classes one join classes was on was.id = one.class_id
join classes now on now.id = coalesce(was.merged_into, was.id)
where not exists (
  select 1 from verdict_classes before join classes also on also.id = before.class_id
  where before.verdict_id = one.verdict_id and before.position < one.position
    and coalesce(also.merged_into, also.id) = now.id)
"""

# The classes of a verdict in their order, as a JSON array of names.
VERDICT_LABELS = """
select v.id as verdict_id, (
  select json_group_array(name) from (
    select name from named_classes where verdict_id = v.id order by position)) as labels
from verdicts v
"""

# The listed items that have a suspicion; every list of suspects starts from it. Queues are sorted
# by priority: the suspicion, moved by what people have decided meanwhile.
RANKED = """
select items.id, path, given.name as given, suggested.name as suggested,
  suspicion, coalesce(priority, suspicion) as priority, p_given, p_suggested,
  is_suspect
from scores join items on items.id = scores.item_id
join labels on labels.item_id = items.id
join classes given on given.id = labels.class_id
left join classes suggested on suggested.id = suggested_id
where listed
"""

# The scores of the items of `ranked`, without what costs a look elsewhere. The few items that
# do not belong there are told from sets, not by four looks for each of the many that do.
RANKED_SCORES = """
select item_id, suspicion, coalesce(priority, suspicion) as priority, is_suspect, suggested_id
from scores
where item_id not in (select id from items where listed = 0)
  and item_id not in (select item_id from labels where class_id is null)
"""

VIEWS = {
    "logged_verdicts": LOGGED_VERDICTS,
    "kept_verdicts": KEPT_VERDICTS,
    "standing_verdicts": STANDING_VERDICTS,
    "outdated_verdicts": OUTDATED_VERDICTS,
    "current_by_stream": CURRENT_BY_STREAM,
    "agreed_by_stream": AGREED_BY_STREAM,
    "annotations": ANNOTATIONS,
    "weighed_annotations": WEIGHED_ANNOTATIONS,
    "deciding_by_rule": DECIDING_BY_RULE,
    "decided": DECIDED,
    "disputed_items": DISPUTED_ITEMS,
    "redoable_undos": REDOABLE_UNDOS,
    "named_classes": NAMED_CLASSES,
    "verdict_labels": VERDICT_LABELS,
    "ranked": RANKED,
    "ranked_scores": RANKED_SCORES,
}
"""By name; each may read those before it."""
