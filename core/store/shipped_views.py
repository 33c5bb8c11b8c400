"""Views as versions before 0.2 created them, for the migrations that did. Never edited.

What a database has now is in `core.store.views`.
"""

from __future__ import annotations

CURRENT_VERDICTS = """
select v.* from verdicts v
where v.verdict != 'undo'
  and not exists (select 1 from verdicts u where u.undoes = v.id)
  and not exists (
    select 1 from verdicts later
    where later.item_id = v.item_id and later.id > v.id and later.verdict != 'undo'
      and not exists (select 1 from verdicts u where u.undoes = later.id)
  )
"""

# A verdict was given on a picture: it stands while the item has that content, and stands again
# when the content comes back. One that was given without a hash stands for any.
STANDING_VERDICTS = """
select v.* from verdicts v join items on items.id = v.item_id
where v.verdict != 'undo'
  and not exists (select 1 from verdicts u where u.undoes = v.id)
  and (v.content_hash is null or v.content_hash = items.content_hash)
"""

CURRENT_STANDING_VERDICTS = """
select v.* from standing_verdicts v
where not exists (
  select 1 from standing_verdicts later where later.item_id = v.item_id and later.id > v.id
)
"""

# The last verdict on a picture that the item had before; nobody has judged the new one.
OUTDATED_VERDICTS = """
select v.* from verdicts v
where v.verdict != 'undo'
  and not exists (select 1 from verdicts u where u.undoes = v.id)
  and not exists (select 1 from standing_verdicts where item_id = v.item_id)
  and not exists (
    select 1 from verdicts later
    where later.item_id = v.item_id and later.id > v.id and later.verdict != 'undo'
      and not exists (select 1 from verdicts u where u.undoes = later.id)
  )
"""

RANKED = """
select items.id, path, given.name as given, suggested.name as suggested,
  suspicion, p_given, p_suggested
from scores join items on items.id = scores.item_id
join labels on labels.item_id = items.id
join classes given on given.id = labels.class_id
left join classes suggested on suggested.id = suggested_id
where listed
"""

# Queues are sorted by priority: the suspicion, moved by what people have decided meanwhile.
RANKED_BY_PRIORITY = """
select items.id, path, given.name as given, suggested.name as suggested,
  suspicion, coalesce(priority, suspicion) as priority, p_given, p_suggested
from scores join items on items.id = scores.item_id
join labels on labels.item_id = items.id
join classes given on given.id = labels.class_id
left join classes suggested on suggested.id = suggested_id
where listed
"""

# An item may have been judged in the queue and in the check: each stream has its own last word.
CURRENT_BY_STREAM = """
select v.* from standing_verdicts v
where not exists (
  select 1 from standing_verdicts later
  where later.item_id = v.item_id and later.stream = v.stream and later.id > v.id
)
"""

# Each auditor's last word on an item; who adjudicates may have judged it before, and has both.
AUDITOR_WORDS = """
select v.* from standing_verdicts v
where not exists (
  select 1 from standing_verdicts later
  where later.item_id = v.item_id and later.auditor_id = v.auditor_id and later.id > v.id
    and (later.role = 'adjudication') = (v.role = 'adjudication')
)
"""

# How a word weighs under the audit's rule: the greatest (weight, tie, id) decides. Who is unsure
# decides nothing while somebody is sure, but under the rule that the latest word counts.
WEIGHED_WORDS = """
select w.*,
  case coalesce((select value from settings where key = 'final_rule'), '"adjudicated"')
    when '"latest"' then 0
    when '"majority"' then (w.verdict != 'unsure') * (
      select count(*) from auditor_words other
      where other.item_id = w.item_id and other.choice = w.choice and other.role != 'adjudication')
    else (w.verdict != 'unsure') * (1 + (w.role = 'adjudication'))
  end as weight,
  case (select value from settings where key = 'final_rule')
    when '"majority"' then (w.verdict != 'unsure') * (w.role = 'adjudication')
    else 0
  end as tie
from auditor_words w
"""

DECIDING_VERDICTS = """
select w.* from weighed_words w
where not exists (
  select 1 from weighed_words other where other.item_id = w.item_id
    and (other.weight, other.tie, other.id) > (w.weight, w.tie, w.id)
)
"""

# The rows of the table `current_verdicts`, its columns in their order.
DECIDED = """
select item_id, id, auditor_id, given_id, verdict, content_hash, stream, session, seq, at,
  action, role, choice
from deciding_verdicts
"""

# Items on which people who are sure disagree, and whether somebody has adjudicated.
# Only items on which two people have ever spoken are looked at.
DISPUTED_ITEMS = """
select item_id, max(role = 'adjudication') as adjudicated, min(id) as first_id
from auditor_words where verdict != 'unsure' and item_id in (
  select item_id from verdicts group by item_id having min(auditor_id) < max(auditor_id))
group by item_id
having count(distinct case when role != 'adjudication' then choice end) > 1
"""

# The last word of each stream, but where others have said otherwise in the same stream: an
# open question teaches nothing. The streams know nothing of each other here either.
AGREED_BY_STREAM = """
select v.* from current_by_stream v
where v.role = 'adjudication' or not exists (
  select 1 from standing_verdicts other
  where other.item_id = v.item_id and other.stream = v.stream
    and other.auditor_id != v.auditor_id and other.verdict != 'unsure'
    and other.choice != v.choice
    and not exists (
      select 1 from standing_verdicts later
      where later.item_id = other.item_id and later.stream = other.stream
        and later.auditor_id = other.auditor_id and later.id > other.id)
)
"""

# Verdicts that nobody has undone, on whatever content they were given.
KEPT_VERDICTS = """
select v.* from verdicts v
where v.verdict != 'undo' and not exists (select 1 from verdicts u where u.undoes = v.id)
"""

# Undos after which their author has decided nothing new, and which were not redone.
REDOABLE_UNDOS = """
select u.* from verdicts u
where u.verdict = 'undo'
  and not exists (select 1 from verdicts r where r.redoes = u.undoes)
  and not exists (
    select 1 from verdicts later
    where later.auditor_id = u.auditor_id and later.id > u.id
      and later.verdict != 'undo' and later.redoes is null and later.action is not null
  )
"""

# The classes of a verdict in their order, as a JSON array of names.
VERDICT_LABELS = """
select v.id as verdict_id, (
  select json_group_array(name) from (
    select name from verdict_classes join classes on classes.id = class_id
    where verdict_id = v.id order by position)) as labels
from verdicts v
"""

# The scores of the items of `ranked`, without what costs a look elsewhere. The few items that
# do not belong there are told from sets, not by four looks for each of the many that do.
RANKED_SCORES = """
select item_id, suspicion, coalesce(priority, suspicion) as priority, p_given, p_suggested,
  suggested_id
from scores
where item_id not in (select id from items where listed = 0)
  and item_id not in (select item_id from labels where class_id is null)
"""
