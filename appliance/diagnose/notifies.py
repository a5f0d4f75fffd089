"""What every IKE daemon may write, whoever made it: the notify messages of the protocol itself.

RFC 7296, 3.10.1 and RFC 2408, 3.14.1. The end that sends one knows why; the log of the end that
receives it knows no more than this.
"""

from __future__ import annotations

from appliance.model.failure import Kind, Symptom, begins, follows, likely, precise, stands

_RENEWAL = r"create_child|child_sa_rekey"
_CHILD = r"child[_ ]sa|ipsec negotiation|ipsec sa|ike_auth|\bsa_auth|quick mode|phase[ -]?2"
_IKE = r"sa_init|init_sa|main mode|aggressive mode|phase[ -]?1|ike[_ ]sa\b"
_REFUSED = r"no[ _]proposal[ _]chosen|proposal[ _]not[ _]chosen"


def _refused(needle: str) -> tuple[Symptom, ...]:
    """One spelling of "no proposal chosen", with what the line says of where it happened."""
    return (
        likely(
            needle,
            (Kind.REKEY, Kind.ESP_PROPOSAL),
            "new keys for the child SA could not be agreed on",
            rf"(?:{_RENEWAL}).*(?:{_REFUSED})|(?:{_REFUSED}).*(?:{_RENEWAL})",
        ),
        likely(
            needle,
            (Kind.ESP_PROPOSAL, Kind.REKEY),
            "no proposal for the child SA is taken by the other end",
            rf"(?:{_CHILD}).*(?:{_REFUSED})|(?:{_REFUSED}).*(?:{_CHILD})",
        ),
        likely(
            needle,
            (Kind.IKE_PROPOSAL, Kind.PEER_OR_VERSION),
            "no proposal for the IKE SA is taken by the other end",
            rf"(?:{_IKE}).*(?:{_REFUSED})|(?:{_REFUSED}).*(?:{_IKE})",
        ),
        likely(
            needle,
            (Kind.IKE_PROPOSAL, Kind.ESP_PROPOSAL, Kind.PEER_OR_VERSION),
            "the other end takes none of the proposals",
        ),
    )


NOTIFIES: tuple[Symptom, ...] = (
    precise(
        "ts_unacceptable", Kind.SELECTORS, "the traffic selectors are not those of the other end"
    ),
    precise(
        "ts unacceptable", Kind.SELECTORS, "the traffic selectors are not those of the other end"
    ),
    precise(
        "invalid_id_information",
        Kind.SELECTORS,
        "the networks proposed for the child SA are not those of the other end",
    ),
    precise(
        "invalid id info",
        Kind.SELECTORS,
        "the networks proposed for the child SA are not those of the other end",
    ),
    precise(
        "single_pair_required",
        Kind.SELECTORS,
        "the other end takes one pair of networks for each child SA",
    ),
    *_refused("no_proposal_chosen"),
    *_refused("no-proposal-chosen"),
    *_refused("no proposal chosen"),
    *_refused("proposal_not_chosen"),
    *(
        precise(
            needle,
            Kind.PEER_OR_VERSION,
            "the other end speaks another IKE version",
            r"(?:invalid|unsupported|wrong)[ _-](?:ike[ _-])?(?:major[ _-])?version"
            r"|major[ _-]version (?:is )?(?:not supported|invalid)",
        )
        for needle in ("major_version", "major version", "major-version", "ike version")
    ),
    *(
        follows(
            needle,
            (Kind.IKE_PROPOSAL,),
            "the other end asks for another Diffie-Hellman group than it was sent",
        )
        for needle in ("invalid_ke", "n(inval_ke)", "invalid ke", "didn't accept dh group")
    ),
    precise(
        "dh group which is not configured",
        Kind.IKE_PROPOSAL,
        "the Diffie-Hellman group that the other end asks for is not configured here",
    ),
    *(
        likely(
            needle,
            (Kind.LIMIT,),
            "new SAs are turned away: too many are being negotiated at once",
            r"(?:half[ -]?open.{0,60}(?:exceed|limit|reached|reject|drop)|peer too aggressive"
            r"|rejected by cac|in[ -]neg\w* sa.{0,24}(?:limit|max|exceed|reached)"
            r"|max\w* in[ -]neg)",
        )
        for needle in (
            "half open",
            "half-open",
            "too aggressive",
            "cac",
            "negotiation sa",
            "in-neg",
        )
    ),
    likely(
        "authentication_failed",
        (Kind.KEY, Kind.IDENTITY),
        "one end does not take the other's authentication",
    ),
    likely(
        "authentication-failed",
        (Kind.KEY, Kind.IDENTITY),
        "one end does not take the other's authentication",
    ),
    likely(
        "payload_malformed",
        (Kind.KEY,),
        "a message could not be read: with pre-shared keys in IKEv1, the keys differ",
    ),
    likely(
        "payload-malformed",
        (Kind.KEY,),
        "a message could not be read: with pre-shared keys in IKEv1, the keys differ",
    ),
    *(
        precise(
            needle,
            Kind.CONFIGURATION,
            "one end asks for an address inside the tunnel, as a dialled-in client does, and the "
            "other has none to give",
        )
        for needle in ("failed_cp_required", "n(fail_cp_req)")
    ),
    precise("no_additional_sas", Kind.LIMIT, "the other end takes no more SAs"),
    stands("create_child_sa"),
    begins("ike_sa_init", r"ike_sa_init (?:exchange )?request"),
    begins("ike_init_sa request"),
    follows("invalid_ike_spi", (Kind.STALE,), "one end no longer has this IKE SA"),
    follows("invalid_spi", (Kind.STALE,), "one end no longer has this child SA"),
    follows("child_sa_not_found", (Kind.STALE, Kind.REKEY), "one end no longer has this child SA"),
)
