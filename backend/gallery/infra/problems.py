"""The words of every problem, in the languages of the gallery.

A problem's `type` is `/problems/<code>` and never changes; its title is a sentence for a person.
"""

from collections.abc import Mapping
from typing import Any, Final

LOCALES: Final = ("ru", "en")

TITLES: Final[dict[str, dict[str, str]]] = {
    "not-found": {"en": "There is nothing here.", "ru": "Здесь ничего нет."},
    "method-not-allowed": {
        "en": "This address does not do that.",
        "ru": "Этот адрес такого не умеет.",
    },
    "forbidden": {"en": "You may not do this.", "ru": "Вам это не разрешено."},
    "last-owner": {
        "en": "A space needs an owner: make somebody else the owner first.",
        "ru": "У пространства должен быть владелец: сначала назначьте другого.",
    },
    "unauthorized": {"en": "Please sign in.", "ru": "Пожалуйста, войдите."},
    "wrong-password": {"en": "The login or the password is wrong.", "ru": "Неверный логин или пароль."},
    "session-revoked": {
        "en": "This session has ended. Please sign in again.",
        "ru": "Сеанс завершён. Пожалуйста, войдите снова.",
    },
    "invalid-init-data": {
        "en": "MAX did not confirm who you are. Please open the gallery from MAX again.",
        "ru": "MAX не подтвердил, кто вы. Откройте галерею из MAX ещё раз.",
    },
    "max-not-configured": {
        "en": "Signing in with MAX is not set up on this gallery.",
        "ru": "Вход через MAX в этой галерее не настроен.",
    },
    "invalid-setup-link": {
        "en": "This sign-in link was already used or has expired. Start the gallery again for a new one.",
        "ru": "Эта ссылка для входа уже использована или устарела. Перезапустите галерею, чтобы получить новую.",
    },
    "invitation-gone": {
        "en": "This invitation has expired or was withdrawn. Ask for a new one.",
        "ru": "Приглашение устарело или отозвано. Попросите новое.",
    },
    "login-taken": {"en": "This login is already taken.", "ru": "Этот логин уже занят."},
    "no-such-login": {"en": "Nobody here has this login.", "ru": "Здесь нет никого с таким логином."},
    "already-member": {"en": "This person is already a member.", "ru": "Этот человек уже участник."},
    "space-not-empty": {
        "en": "The space still has photos. Delete them first.",
        "ru": "В пространстве ещё есть фотографии. Сначала удалите их.",
    },
    "personal-space": {
        "en": "A personal space belongs to one person.",
        "ru": "Личное пространство принадлежит одному человеку.",
    },
    "invalid": {"en": "Something in the request is wrong.", "ru": "В запросе ошибка."},
    "malformed": {"en": "The request could not be read.", "ru": "Запрос не удалось прочитать."},
    "cross-site": {
        "en": "This request came from another site and was refused.",
        "ru": "Запрос пришёл с чужого сайта и отклонён.",
    },
    "conflict": {"en": "This is not possible right now.", "ru": "Сейчас это невозможно."},
    "deleted-before": {
        "en": "This photo was deleted from the space on purpose.",
        "ru": "Эту фотографию раньше намеренно удалили из пространства.",
    },
    "offset-conflict": {
        "en": "The upload continues from another place.",
        "ru": "Загрузка продолжается с другого места.",
    },
    "not-failed": {
        "en": "This photo does not need another try.",
        "ru": "Этой фотографии повторная попытка не нужна.",
    },
    "gone": {"en": "This has expired.", "ru": "Срок действия истёк."},
    "too-large": {"en": "This is too large.", "ru": "Это слишком большой объём."},
    "quota-exceeded": {
        "en": "The space is full. Delete something or ask its owner for more room.",
        "ru": "Пространство заполнено. Удалите лишнее или попросите владельца добавить места.",
    },
    "unsupported-type": {
        "en": "This is not a photo or a video that the gallery keeps.",
        "ru": "Это не фотография и не видео, которые хранит галерея.",
    },
    "empty-file": {"en": "The file is empty.", "ru": "Файл пуст."},
    "no-file": {"en": "The request carries no file.", "ru": "В запросе нет файла."},
    "too-many-requests": {
        "en": "Too many attempts. Please wait a little.",
        "ru": "Слишком много попыток. Подождите немного.",
    },
    "too-many-downloads": {
        "en": "Two of your archives are being downloaded already. Let one of them end first.",
        "ru": "Два ваших архива уже скачиваются. Дождитесь, пока закончится хотя бы один.",
    },
    "in-trash": {
        "en": "Some of this is in the trash. Restore it first.",
        "ru": "Часть выбранного лежит в корзине. Сначала восстановите её.",
    },
    "upload-locked": {
        "en": "Another window is sending this file right now.",
        "ru": "Этот файл прямо сейчас отправляет другое окно.",
    },
    "checksum-mismatch": {
        "en": "The file was damaged on its way. Please send it again.",
        "ru": "Файл повредился по дороге. Отправьте его ещё раз.",
    },
    "unsupported-tus-version": {
        "en": "This server speaks version 1.0.0 of the tus protocol.",
        "ru": "Сервер поддерживает протокол tus версии 1.0.0.",
    },
    "storage-full": {
        "en": "The gallery's disk is full. Nothing is lost; please try again later.",
        "ru": "На диске галереи нет места. Ничего не потеряно; попробуйте позже.",
    },
    "unavailable": {
        "en": "The gallery is not ready yet. Please try again in a moment.",
        "ru": "Галерея пока не готова. Попробуйте через мгновение.",
    },
    "internal": {
        "en": "Something went wrong on our side. Nothing that was confirmed is lost.",
        "ru": "У нас что-то сломалось. Ничего из подтверждённого не потеряно.",
    },
}

FAILURES: Final[dict[str, dict[str, str]]] = {
    "corrupt": {
        "en": "The file is damaged: no picture can be read from it. It is kept exactly as it came.",
        "ru": "Файл повреждён: прочитать снимок нельзя. Он хранится ровно таким, каким пришёл.",
    },
    "no-preview": {
        "en": "No preview can be made of this format. The original is kept and can be downloaded.",
        "ru": "Для этого формата нельзя сделать предпросмотр. Оригинал хранится, его можно скачать.",
    },
    "too-large": {
        "en": "The picture has too many pixels for a preview. The original is kept and can be downloaded.",
        "ru": "В снимке слишком много пикселей для предпросмотра. Оригинал хранится, его можно скачать.",
    },
    "no-picture": {
        "en": "There is no picture in this video. The original is kept and can be downloaded.",
        "ru": "В этом видео нет изображения. Оригинал хранится, его можно скачать.",
    },
    "unsupported": {
        "en": "This format cannot be shown yet. The original is kept and can be downloaded.",
        "ru": "Этот формат пока нельзя показать. Оригинал хранится, его можно скачать.",
    },
    "decoder-crashed": {
        "en": "Reading the picture failed several times. The original is kept and can be downloaded.",
        "ru": "Прочитать снимок несколько раз не удалось. Оригинал хранится, его можно скачать.",
    },
    "timeout": {
        "en": "Reading the picture takes too long. The original is kept and can be downloaded.",
        "ru": "Чтение снимка занимает слишком много времени. Оригинал хранится, его можно скачать.",
    },
}


def preferred_locale(accept_language: str | None) -> str:
    """The best of our languages for an Accept-Language header (RFC 9110, 12.5.4); English when none fits."""
    best, best_quality = "en", 0.0
    for item in (accept_language or "")[:500].split(","):
        tag, _, parameter = item.strip().partition(";")
        name, _, value = parameter.strip().partition("=")
        try:
            quality = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            continue
        language = tag.split("-")[0].lower()
        if language in LOCALES and quality > best_quality:
            best, best_quality = language, quality
    return best


def title(code: str, locale: str) -> str:
    """The sentence for a problem; an unknown code is a programming error and raises KeyError."""
    return TITLES[code][locale]


def failure_message(code: str, locale: str) -> str:
    """Why a photo has no picture, in words."""
    return FAILURES[code][locale]


_INPUT_ERRORS_RU: Final[dict[str, str]] = {
    "missing": "обязательное поле",
    "extra_forbidden": "неизвестное поле",
    "string_too_short": "слишком коротко",
    "string_too_long": "слишком длинно",
    "string_type": "ожидается текст",
    "uuid_parsing": "это не идентификатор",
    "uuid_type": "это не идентификатор",
    "int_parsing": "ожидается целое число",
    "int_type": "ожидается целое число",
    "float_type": "ожидается число",
    "float_parsing": "ожидается число",
    "bool_type": "ожидается да или нет",
    "bool_parsing": "ожидается да или нет",
    "enum": "такого значения нет в списке",
    "literal_error": "такого значения нет в списке",
    "greater_than_equal": "слишком мало",
    "less_than_equal": "слишком много",
    "too_long": "слишком много элементов",
    "too_short": "слишком мало элементов",
    "date_from_datetime_parsing": "это не дата",
    "date_parsing": "это не дата",
    "datetime_parsing": "это не время",
    "json_invalid": "это не JSON",
    "value_error": "недопустимое значение",
}


_FIELD_ERRORS: Final[dict[str, dict[str, str]]] = {
    "login": {
        "en": "2 to 64 letters, digits or . _ @ + -",
        "ru": "от 2 до 64 букв, цифр или знаков . _ @ + -",
    },
    "password": {
        "en": "at least 8 characters, at most 1024 bytes",
        "ru": "не короче 8 знаков и не длиннее 1024 байт",
    },
    "whole": {"en": "a whole number", "ru": "целое число"},
    "one-space": {"en": "photos of one space at a time", "ru": "за один раз — фото одного пространства"},
    "calendar": {"en": "this leads out of the calendar", "ru": "такого года в календаре нет"},
    "malformed": {"en": "missing or malformed", "ru": "нет значения, или оно записано неверно"},
}


def field_error(reason: str, locale: str) -> str:
    """What a use case found wrong with a field, in words."""
    return _FIELD_ERRORS[reason][locale]


def input_error(found: Mapping[str, Any], locale: str) -> str:
    """One of the validator's findings (its `type` and `msg`) in words; never the value that was sent."""
    if locale == "ru":
        return _INPUT_ERRORS_RU.get(found["type"], "недопустимое значение")
    return str(found["msg"])[:200]
