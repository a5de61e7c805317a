"""Was it a yes or a no?"""

from collections.abc import Iterator

from speech.slots.found import Found
from speech.slots.kinds import YesNo
from speech.slots.wordings import wordings_in


def _said(words: str) -> tuple[str, ...]:
    return tuple(words.split("|"))


# A no is longer than the yes within it (不是, not right) and is therefore found first.
YES: dict[str, tuple[str, ...]] = {
    "zh": _said("是|是的|对|对的|没错|好|好的|可以|行|嗯|要|需要|没问题|正确"),
    "en": _said(
        "yes|yeah|yep|yup|sure|correct|right|that's right|ok|okay|of course|please do|"
        "exactly|i do|absolutely|go ahead"
    ),
    "ja": _said(
        "はい|ええ|うん|そうです|お願いします|合っています|正しい|大丈夫です|いいです|結構です"
    ),
    "ru": _said(
        "да|ага|верно|правильно|конечно|хорошо|так|точно|согласен|согласна|подтверждаю|именно"
    ),
    "ko": _said("네|예|응|맞아요|맞습니다|그래요|그렇습니다|좋아요|좋습니다|부탁합니다"),
}
NO: dict[str, tuple[str, ...]] = {
    "zh": _said("不|不是|不对|没有|不要|不用|不行|错了|错|不可以|不好|不需要|别"),
    "en": _said(
        "no|nope|not|no thanks|wrong|that's wrong|incorrect|not right|not correct|"
        "don't|never|i don't|that's not right"
    ),
    "ja": _said(
        "いいえ|いや|違います|違う|いりません|やめます|そうじゃない|間違い|正しくない|ちがいます"
    ),
    "ru": _said(
        "нет|не|неверно|неправильно|не надо|не нужно|не так|не согласен|не согласна|ошибка|не хочу"
    ),
    "ko": _said("아니요|아니오|아뇨|아니|아닙니다|틀려요|틀립니다|틀렸어요|싫어요|안 돼요"),
}


def yes_or_no_in(text: str, language: str, kind: YesNo) -> Iterator[Found]:
    """The one answer of the sentence; nothing where both are said."""
    found = list(
        wordings_in(
            text,
            {
                "yes": (*YES.get(language, ()), *kind.yes),
                "no": (*NO.get(language, ()), *kind.no),
            },
        )
    )
    if found and len({one.value for one in found}) == 1:
        yield Found(found[0].value == "yes", found[0].start, found[0].end)
