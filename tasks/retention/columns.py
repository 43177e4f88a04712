"""
Every column of every table: what it holds, and when that goes.

This is the record of what we hold, and its documentation (`pathways retention columns`). A column that is added
without a line here fails a test: whoever adds one decides whether it is about somebody, and if so, when it goes and by
which code.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Goes(StrEnum):
    """When what a column holds goes."""

    NEVER = "stays"
    WITH_CASE = "with its case"
    WITH_MAIL = "with its message"
    AS_DRAFT = "as a draft"
    AS_SIGN_IN = "as a sign-in record"
    SOON = "within weeks"
    WITH_PERSON = "with the person"
    AS_EXTRACTED = "as the extract says"
    ID_STAYS = "stays, with ids of the register"
    STAFF = "stays with the record"
    WITH_LOG = "with the access log"


WHEN_IT_GOES: Mapping[Goes, str] = {
    Goes.NEVER: "references, kinds, times, counts and check sums: about nobody, once what is personal beside them has "
    "gone",
    Goes.WITH_CASE: "about somebody: erased or taken out when the case's time has passed "
    "(tasks/retention/case_erasing.py)",
    Goes.WITH_MAIL: "about somebody: erased with the last case that speaks of the message, or by the message's own "
    "time (tasks/retention/mail_erasing.py)",
    Goes.AS_DRAFT: "about somebody: taken out when sent, with its case, or after the policy's time for drafts "
    "(tasks/retention/leftovers.py)",
    Goes.AS_SIGN_IN: "about a member of staff: taken out after the policy's time for sign-in records "
    "(tasks/retention/leftovers.py)",
    Goes.SOON: "taken out by the worklist itself, within hours or weeks, when the next of its kind is written",
    Goes.WITH_PERSON: "about somebody: taken out when the recording system's extract has left them out for the "
    "policy's time and no case is about them (tasks/retention/leftovers.py)",
    Goes.AS_EXTRACTED: "about a member of staff: as the recording system's extract has it; what is over stays known",
    Goes.ID_STAYS: "no word about anybody, but it may hold somebody's id in the register: the key of the step that "
    "noted whom a case is about is hashed with its entry and stays with the hash, and a hold says on whom it was "
    "placed. It leads to them while they stand in the register, or in the recording system under that id",
    Goes.STAFF: "which member of staff did what, or was told: stays, as the record of what was done would say nothing "
    "without it",
    Goes.WITH_LOG: "who looked at what: cut from the log's beginning after the policy's time "
    "(tasks/retention/leftovers.py)",
}
"""In a sentence each, with the code that does it."""


def _columns(**by_goes: str) -> dict[Goes, tuple[str, ...]]:
    return {Goes[name.upper()]: tuple(columns.split()) for name, columns in by_goes.items()}


COLUMNS: Mapping[str, Mapping[Goes, tuple[str, ...]]] = {
    # ------------------------------------------------------------------ cases
    "care_case": _columns(
        never="ref procedure status restricted opened_at closed_at parent_ref head_no head_hash wake_no asleep_wake_no "
        "next_due colour awaiting failures generation flow_run_id run_created_at",
        staff="owner",
    ),
    "entry": _columns(
        never="case_ref no at kind step clauses policy payload_digest previous_hash hash",
        id_stays="key",
        staff="by",
    ),
    "entry_payload": _columns(never="case_ref no", with_case="salt content"),
    "lease": _columns(never="case_ref fence holder expires_at released_at"),
    "wait": _columns(
        never="case_ref key kind state due counted_from length awaited child_ref opened_no ended_no",
    ),
    "work_item": _columns(
        never="id case_ref key form form_version state urgent opened_at due acknowledged_at answered_at",
        staff="asked_of assignee answered_by",
    ),
    "milestone": _columns(never="work_item_id no case_ref kind state due counted_from length", staff="told_to"),
    "signal_receipt": _columns(with_case="case_ref signal_id entry_no"),
    "case_person": _columns(
        with_case="case_ref person_id since_no death_heard_no team_id staff_id in_hospital_since",
    ),
    "tray_place": _columns(
        with_case="case_ref person_id team_id requested_at placed_at manager priority urgent complexity "
        "last_reached_at changed_at left_at left_because reviewed_at",
    ),
    # ------------------------------------------------------------------ reablement
    "reablement_plan": _columns(
        with_case="case_ref person_id team_id begun_on free_until in_force paused_at paused_in ended_at ended_because",
    ),
    "plan_version": _columns(with_case="case_ref number content made_at made_in"),
    "plan_change": _columns(with_case="change_ref place case_ref seen edits state proposed_at ended_at became"),
    "plan_agreement": _columns(with_case="id case_ref change_ref party digest agrees said_at"),
    "plan_copy": _columns(with_case="id case_ref holder version route by_hand given_at given_in"),
    "plan_progress": _columns(with_case="case_ref outcome achieved_on noted_in"),
    # ------------------------------------------------------------------ when a provider fails
    "incident": _columns(
        never="case_ref provider_id provider_name cause began_at care_ends_on announced_at list_agreed_at ended_at",
    ),
    "affected_person": _columns(
        with_case="case_ref incident_ref place person_id name born_on whereabouts source paid_by placed_by call_times "
        "covered_until covered_by time_critical_medicine double_handed lives_alone risk way seen_at arranged_at "
        "moved_at checked_at accounted_at ended_as told_in calls_looked_at",
    ),
    "incident_reader": _columns(never="case_ref", staff="tag"),
    "incident_telling": _columns(
        with_case="case_ref number audience whom decided_at subject content not_told_because before_announced "
        "up_to begun_at told_in told_at",
    ),
    "incident_call": _columns(with_case="case_ref at missed_at noted_at noted_by made made_by how"),
    "incident_unseen_told": _columns(never="case_ref told_at", staff="whom"),
    "incident_list_line": _columns(
        with_case="id case_ref number source said_by came_at person_id name born_on whereabouts person_ref may_be_ref "
        "difference settled settled_at",
    ),
    # ------------------------------------------------------------------ placements out of area
    "placement": _columns(
        with_case="case_ref direction person_id name provider_id provider_name council council_contact placed_on "
        "paid_by review_from review_rule reviewed_at stopped_at ended_at ended_because",
    ),
    "placement_angle": _columns(with_case="case_ref angle owner found looked_at next_look_on"),
    "placement_share": _columns(
        with_case="case_ref placement_ref kind council opened_at disclosed_in given_at ended_at ended_as",
    ),
    # ------------------------------------------------------------------ out of hours
    "rota_reading": _columns(never="name tried_at read_at trouble not_understood case_ref"),
    "on_call_shift": _columns(never="id starts_at ends_at part", staff="staff_id"),
    "on_call_night": _columns(never="case_ref began_at ended_at", staff="on_call"),
    "on_call_work": _columns(
        never="night_ref case_ref offered_at held_at by_telephone team_id accepted_at",
        staff="held_by accepted_by",
    ),
    "on_call_item": _columns(never="night_ref work_item_id case_ref found_at"),
    "on_call_offer": _columns(never="night_ref case_ref offered_at", staff="staff_id"),
    # ------------------------------------------------------------------ moves, and what is prepared for interruptions
    "move": _columns(
        with_case="case_ref pathway who_moves person_id sent_by old_service new_service received_by first_day day "
        "care_ends_on they_say talked_over_at planned_at in_place_at accepted_at emergency_at put_off moved_at "
        "check_due checked_at ended_at ended_as",
    ),
    "move_handover": _columns(with_case="case_ref number asked_of asked_at silent_at answered_at came"),
    "move_gap": _columns(with_case="case_ref number began_on ended_on"),
    "contingency_plan": _columns(
        never="case_ref name interruption duty team_id provider_id provider_kind document agreed_on tested_on "
        "next_review_on ended_at",
        staff="owner",
    ),
    # ------------------------------------------------------------------ people and notes
    "person_message": _columns(
        never="id case_ref entry_no kind sent_by state reason queued_at next_attempt_at attempts sent_at settled_at "
        "claimed_until claimed_by",
        with_case="person_id told_person_id address subject body in_reply_to service_ref",
    ),
    "case_note": _columns(
        never="id case_ref key asked_in state ending wanted_at kept_at sighted_on next_attempt_at attempts",
        staff="asked_of author",
        with_case="person_id title text note_id",
    ),
    "difference": _columns(with_case="id about team_id text found_at case_ref seen_at"),
    "case_erasure": _columns(never="case_ref at entry_no kept_for"),
    # A hold's reason is the reference of an inquiry or a claim, and names nobody.
    "legal_hold": _columns(
        never="id kind case_ref reason placed_at lifted_at lifted_because",
        id_stays="person_id",
        staff="placed_by lifted_by",
    ),
    # ------------------------------------------------------------------ what came
    "inbound_mail": _columns(
        never="id received_at settled_at door on_paper size state case_ref reason erased_at",
        with_mail="digest content_digest raw envelope_from envelope_to",
    ),
    "webhook_receipt": _columns(with_mail="webhook_id path received_at digest mail_id case_ref"),
    "mailbox_watch": _columns(
        never="mailbox tried_at collected_at trouble failing_since begin_behind told_at case_ref",
    ),
    # ------------------------------------------------------------------ what staff are told
    "outbox_message": _columns(
        never="id case_ref entry_no work_item_id notice state queued_at next_attempt_at attempts interruption "
        "digest_id claimed_until claimed_by",
        staff="recipient",
    ),
    "delivery": _columns(never="id message_id service attempt at outcome detail", staff="recipient"),
    # ------------------------------------------------------------------ the worklist
    "draft": _columns(as_draft="id staff_id path content seen_entry_no saved_at"),
    "submission": _columns(soon="id staff_id path result at"),
    "web_session": _columns(
        as_sign_in="token_digest staff_id form_token signed_in_at seen_at expires_at ended_at provider_session "
        "provider_subject id_token said",
    ),
    "sign_on_attempt": _columns(soon="state_digest nonce code_verifier browser_digest go_to began_at"),
    "sign_in_refused": _columns(soon="id at came_from way"),
    "api_token": _columns(never="id name token_digest made_at expires_at ended_at", staff="acts_as made_by"),
    "cover": _columns(never="id", staff="absent_id covered_by from_on until_on made_by made_at ended_at ended_by"),
    # ------------------------------------------------------------------ the register
    "person": _columns(
        with_person="id record_id nhs_number name born_on postcode died_on preferred_method communication_needs email "
        "telephone postal_address interpreter safe_contact name_key record_key last_shown_on",
    ),
    "allocation": _columns(with_person="id person_id staff_id team_id responsibility since until"),
    "admission": _columns(with_person="person_id admitted_on discharged_on place"),
    "extract_note": _columns(with_person="note_id person_id title written_on our_id first_seen_at"),
    "review_date": _columns(with_person="person_id kind due_on last_done_on"),
    "seen_waiting": _columns(with_person="id person_id team_id waiting_since first_shown_at gone_at"),
    "provider": _columns(
        never="id name kind regulated commissioned in_area run_by closed_on host_council report_to staff "
        "sponsored_staff",
        staff="link_worker",
    ),
    "care_package": _columns(
        with_person="person_id provider_id since until paid_by call_times carers time_critical_medicine lives_alone "
        "placed_by",
    ),
    "provider_stop": _columns(never="decided_in provider_id stopped_at looked_at_again_on lifted_at"),
    "link_worker": _columns(never="provider_id named_at named_in", staff="staff_id"),
    "staff": _columns(staff="id name email role team_id left_on"),
    "absence": _columns(as_extracted="staff_id starts_at returns_at kind"),
    "team": _columns(never="id name closed_on work_goes_to"),
    "register_import": _columns(
        never="id imported_at kind file rows rejected full extract_date acted_on_at optional_columns",
    ),
    # ------------------------------------------------------------------ the proof
    "access_entry": _columns(with_log="no at who what about previous_hash hash"),
    "access_cut": _columns(never="up_to hash at"),
    "seal": _columns(never="no at cases heads_digest previous_hash hash"),
    "sealed_head": _columns(never="seal_no case_ref head_no head_hash"),
    "audit_check": _columns(
        never="id newest began_at seen_at looked_at cases ended_at faults more_faults failure", staff="asked_by"
    ),
    "policy_version": _columns(never="version first_used_at text"),
    "policy_activation": _columns(never="no version at"),
    # ------------------------------------------------------------------ the house
    "done_once": _columns(never="name at"),
    "house_part": _columns(never="name tried_at done_at trouble"),
}
"""By table and by when it goes, the names of its columns."""


def goes_of(table: str, column: str) -> Goes:
    """When what that column holds goes. Raises KeyError for a column that nobody has decided on."""
    for goes, columns in COLUMNS[table].items():
        if column in columns:
            return goes
    raise KeyError(f"{table}.{column}")
