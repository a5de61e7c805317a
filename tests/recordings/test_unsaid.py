"""A number that is told in a talk is kept as a dot; what a talk is about stays."""

import pytest

from recordings.transcript import Transcript, Word
from recordings.unsaid import hidden, hidden_text, without_secrets


def words(text: str, begin: float = 0.0) -> list[Word]:
    return [Word(one, begin + n, begin + n + 0.5) for n, one in enumerate(text.split())]


@pytest.mark.parametrize(
    ("language", "said", "kept"),
    [
        ("zh", "我 的 卡号 是 六 二 二 二 零 二 幺幺 三 四 谢谢", "我 的 卡号 是 • 谢谢"),
        ("zh", "密码六零四九一八你记一下", "密码•你记一下"),
        ("zh", "密码是六零，对，四九，好的，一八", "密码是•"),
        ("zh", "安全码 一 二 三", "安全码 •"),
        ("zh", "卡号 ６２２２０２００", "卡号 •"),
        ("en", "it is four one one one um double five yes seven eight thanks", "it is • thanks"),
        ("en", "the pin is sixty forty nine eighteen ok", "the pin is • ok"),
        ("en", "six oh for nine one ate", "• ate"),
        ("en", "3500 euros from card 4111 1111 1111 1111.", "3500 euros from card •."),
        ("ja", "暗証番号 は 六 〇 四 九 一 八 です", "暗証番号 は • です"),
        ("ja", "ろく ぜろ よん きゅう です", "• です"),
        ("ru", "карта четыре тысячи двести семьдесят шесть ноль один", "карта •"),
        ("ru", "пин шесть ноль да четыре девять", "пин •"),
        ("ko", "비밀번호는 육공사구일팔입니다", "비밀번호는 •입니다"),
        ("ko", "육 공 네 사 구", "•"),
        ("yue", "密碼 六 零 四 九", "密碼 •"),
        ("fr", "ma carte 4111 1111", "ma carte •"),
    ],
)
def test_a_number_that_is_told_is_left_out(language: str, said: str, kept: str) -> None:
    assert hidden_text(said, language) == kept


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "转 三 千 五 百 元 到 那里 一 下 有 两 三 个 问题"),
        ("zh", "余额是一万两千三百四十五块六毛 下午三点二十五分 打 给 我"),
        ("en", "three thousand five hundred dollars on march fifth at ten thirty"),
        ("en", "oh for one thing I have two or three questions"),
        ("ja", "三千五百円 を 三月五日 に 銀行 に ご 質問 に お答え ください"),
        ("ru", "три тысячи пятьсот рублей пятого марта"),
        ("ko", "이 사람이 오늘 일이 있어서 삼만 오천 원 삼월 오일 사무실에서"),
    ],
)
def test_sums_days_times_and_words_that_sound_like_digits_stay(language: str, said: str) -> None:
    assert hidden_text(said, language) == said


def test_words_keep_their_times_and_their_number() -> None:
    told = words("pin six zero four nine please")
    kept = hidden(told, "en")
    assert [word.text for word in kept] == ["pin", "•", "•", "•", "•", "please"]
    assert [(word.begin, word.end) for word in kept] == [(word.begin, word.end) for word in told]


def test_a_number_told_with_the_other_side_coming_in_between_is_left_out_on_both() -> None:
    caller = [*words("it is six zero"), *words("four nine", 10)]
    agent = [*words("six zero yes", 5), *words("four nine", 15)]
    kept = without_secrets(Transcript.of("en", caller, agent))
    assert [turn.text for turn in kept.turns] == ["it is • •", "• • •", "• •", "• •"]
