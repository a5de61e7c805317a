"""What does a caller key in a talk without the agent hearing it? `secure_entry:` of center.yaml."""

from pydantic import Field

from ivr.flow.fields import Digits, Expressions, Model, Name, Names


class SecureSpec(Model):
    """What happens when an agent dials *9 in a talk, or `careline secure-entry CALL` is run: the caller
    hears `ask` and keys so many `digits`.

    After silence or too few of them they are asked again with the prompts of `no_input` and
    `no_match`. The digits go to the lookup, which must take a secret, and nowhere else: the agent
    hears silence and then one of the prompts `right` (the lookup found something), `wrong` (it did
    not) and `failed` (nothing was keyed, or it cannot be checked now). `token` names a field of the
    lookup's answer, which whoever ran the command gets in place of the secret.
    """

    ask: Name
    digits: Digits
    no_input: Names = ()
    no_match: Names = ()
    lookup: Name
    with_: Expressions = Field({}, alias="with")
    right: Name
    wrong: Name
    failed: Name
    token: str | None = Field(None, min_length=1)

    def prompts(self) -> dict[str, str]:
        """Every prompt, by the field that names it first."""
        said = {name: field for field in ("no_match", "no_input") for name in getattr(self, field)}
        said |= {getattr(self, field): field for field in ("failed", "wrong", "right", "ask")}
        return {field: name for name, field in said.items()}
