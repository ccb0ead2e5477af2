"""The words of the translator's workbook, in her language. Those in kk, ru and uz need native review."""

from collections.abc import Mapping

By = Mapping[str, str]
COLUMNS = (
    "key",
    "source",
    "translation",
    "context",
    "limit",
    "fills",
    "status",
    "reviewer",
    "date",
    "warnings",
)
SAID: Mapping[str, By] = {
    "sheet_texts": {"en": "Texts", "ru": "Тексты", "kk": "Мәтіндер", "uz": "Matnlar"},
    "sheet_front": {"en": "Read first", "ru": "Инструкция", "kk": "Нұсқаулық", "uz": "Yoʻriqnoma"},
    "key": {"en": "Key", "ru": "Ключ", "kk": "Кілт", "uz": "Kalit"},
    "source": {"en": "Source words", "ru": "Исходный текст", "kk": "Бастапқы мәтін", "uz": "Asl matn"},
    "translation": {"en": "Translation", "ru": "Перевод", "kk": "Аударма", "uz": "Tarjima"},
    "context": {"en": "Where it stands", "ru": "Где стоит", "kk": "Қай жерде тұр", "uz": "Qayerda turadi"},
    "limit": {
        "en": "Most letters",
        "ru": "Не длиннее (знаков)",
        "kk": "Ең көп таңба",
        "uz": "Eng koʻp belgi",
    },
    "fills": {"en": "Must stay", "ru": "Оставить как есть", "kk": "Өзгермейді", "uz": "Oʻzgarmaydi"},
    "status": {"en": "Status", "ru": "Состояние", "kk": "Күйі", "uz": "Holati"},
    "reviewer": {"en": "Reviewed by", "ru": "Кто проверил", "kk": "Тексерген", "uz": "Tekshirgan"},
    "date": {"en": "Reviewed on", "ru": "Дата проверки", "kk": "Тексерілген күні", "uz": "Tekshirilgan kun"},
    "warnings": {"en": "Look at", "ru": "Обратите внимание", "kk": "Назар аударыңыз", "uz": "Eʼtibor bering"},
    "front_title": {
        "en": "Translation of {instrument} {version} into English",
        "ru": "Перевод анкеты {instrument} {version} на русский язык",
        "kk": "{instrument} {version} сауалнамасын қазақ тіліне аудару",
        "uz": "{instrument} {version} soʻrovnomasini oʻzbek tiliga tarjima qilish",
    },
    "step_1": {
        "en": "Work on the second sheet. Write only in the coloured columns; the others are locked.",
        "ru": "Работайте на втором листе. Пишите только в цветных столбцах; остальные закрыты.",
        "kk": "Екінші парақта жұмыс істеңіз. Тек боялған бағандарға жазыңыз; қалғандары жабық.",
        "uz": "Ikkinchi varaqda ishlang. Faqat rangli ustunlarga yozing; qolganlari yopiq.",
    },
    "step_2": {
        "en": "Translate the meaning, not word for word; the answers of one question must fit together.",
        "ru": "Переводите смысл, а не слово в слово; ответы одного вопроса должны подходить друг к другу.",
        "kk": "Сөзбе-сөз емес, мағынасын аударыңыз; бір сұрақтың жауаптары өзара үйлесуі керек.",
        "uz": "Soʻzma-soʻz emas, maʼnosini tarjima qiling; bir savolning javoblari oʻzaro mos boʻlsin.",
    },
    "step_3": {
        "en": "Words in braces, as {minutes}, are filled in by the program: keep them exactly as they are.",
        "ru": "Слова в фигурных скобках, например {minutes}, подставит программа: оставьте их без изменений.",
        "kk": "{minutes} сияқты жақша ішіндегі сөздерді бағдарлама қояды: оларды өзгертпеңіз.",
        "uz": "{minutes} kabi qavs ichidagi soʻzlarni dastur qoʻyadi: ularni oʻzgartirmang.",
    },
    "step_4": {
        "en": "When a native speaker has checked a text, choose 'reviewed' and write who checked it and when "
        "(year-month-day). Otherwise leave 'draft'.",
        "ru": "Когда носитель языка проверил текст, выберите 'reviewed' и напишите, кто и когда проверил "
        "(год-месяц-день). Иначе оставьте 'draft'.",
        "kk": "Тіл иесі мәтінді тексергенде 'reviewed' таңдап, кім және қашан тексергенін жазыңыз "
        "(жыл-ай-күн). Әйтпесе 'draft' қалдырыңыз.",
        "uz": "Til egasi matnni tekshirganda 'reviewed' ni tanlang va kim, qachon tekshirganini yozing "
        "(yil-oy-kun). Aks holda 'draft' qoldiring.",
    },
    "step_5": {
        "en": "Do not add, remove or move rows or columns. Save as .xlsx and send the file back.",
        "ru": "Не добавляйте, не удаляйте и не переставляйте строки и столбцы. Сохраните в формате .xlsx и "
        "отправьте файл обратно.",
        "kk": "Жолдар мен бағандарды қоспаңыз, жоймаңыз, жылжытпаңыз. Файлды .xlsx түрінде сақтап, қайта "
        "жіберіңіз.",
        "uz": "Qator va ustunlarni qoʻshmang, oʻchirmang, joyini almashtirmang. Faylni .xlsx koʻrinishida "
        "saqlab, qaytarib yuboring.",
    },
    "taken": {
        "en": "Texts taken word for word from {other} are not in this file; they are translated there.",
        "ru": "Текстов, взятых дословно из {other}, в этом файле нет; их переводят там.",
        "kk": "{other} сауалнамасынан сөзбе-сөз алынған мәтіндер бұл файлда жоқ; олар сонда аударылады.",
        "uz": "{other} soʻrovnomasidan soʻzma-soʻz olingan matnlar bu faylda yoʻq; ular oʻsha yerda tarjima "
        "qilinadi.",
    },
    "question": {"en": "Question {id}", "ru": "Вопрос {id}", "kk": "{id} сұрағы", "uz": "{id} savoli"},
    "statement": {
        "en": "Row {id} under “{stem}”",
        "ru": "Строка {id} под вопросом «{stem}»",
        "kk": "«{stem}» сұрағының {id} жолы",
        "uz": "“{stem}” savolining {id} qatori",
    },
    "answer": {
        "en": "Answer {code} to: {text}",
        "ru": "Ответ {code} на вопрос: {text}",
        "kk": "Мына сұрақтың {code} жауабы: {text}",
        "uz": "Quyidagi savolning {code} javobi: {text}",
    },
    "scale": {
        "en": "Answer {code} of a scale used by: {items}",
        "ru": "Ответ {code} шкалы для вопросов: {items}",
        "kk": "Мына сұрақтардың шкаласындағы {code} жауабы: {items}",
        "uz": "Quyidagi savollar shkalasidagi {code} javobi: {items}",
    },
    "answers": {"en": "Answers", "ru": "Ответы", "kk": "Жауаптары", "uz": "Javoblar"},
    "module": {"en": "Part", "ru": "Раздел", "kk": "Бөлім", "uz": "Boʻlim"},
    "page": {"en": "page {n}", "ru": "страница {n}", "kk": "{n}-бет", "uz": "{n}-sahifa"},
    "next": {"en": "Next", "ru": "Далее", "kk": "Одан кейін", "uz": "Keyin"},
    "asked_if": {
        "en": "Asked only after certain answers to: {items}",
        "ru": "Задаётся только после некоторых ответов на: {items}",
        "kk": "Мына сұрақтардың кейбір жауабынан кейін ғана қойылады: {items}",
        "uz": "Quyidagi savollarning ayrim javoblaridan keyingina soʻraladi: {items}",
    },
    "label": {
        "en": "Short name of {id} in tables and charts; respondents do not see it",
        "ru": "Краткое название {id} в таблицах и графиках; респонденты его не видят",
        "kk": "{id} үшін кесте мен диаграммадағы қысқа атау; респонденттер оны көрмейді",
        "uz": "{id} uchun jadval va diagrammadagi qisqa nom; respondentlar uni koʻrmaydi",
    },
    "hint": {
        "en": "Explanation below question {id}",
        "ru": "Пояснение под вопросом {id}",
        "kk": "{id} сұрағының астындағы түсіндірме",
        "uz": "{id} savoli ostidagi izoh",
    },
    "code": {
        "en": "Group or value {code} of {id} in tables; respondents do not see it",
        "ru": "Группа или значение {code} признака {id} в таблицах; респонденты его не видят",
        "kk": "Кестедегі {id} белгісінің {code} тобы немесе мәні; респонденттер оны көрмейді",
        "uz": "Jadvaldagi {id} belgisining {code} guruhi yoki qiymati; respondentlar uni koʻrmaydi",
    },
    "cell": {
        "en": "Version {code} of the situation {id}; each respondent reads one of them",
        "ru": "Вариант {code} ситуации {id}; каждый респондент читает один из них",
        "kk": "{id} жағдайының {code} нұсқасы; әр респондент біреуін ғана оқиды",
        "uz": "{id} vaziyatining {code} varianti; har bir respondent bittasini oʻqiydi",
    },
    "unit": {
        "en": "Stands behind the number typed in answer to {id}",
        "ru": "Стоит после числа, введённого в ответ на {id}",
        "kk": "{id} сұрағына жазылған саннан кейін тұрады",
        "uz": "{id} savoliga yozilgan sondan keyin turadi",
    },
    "list_entry": {
        "en": "Entry of the list in question {id}",
        "ru": "Пункт списка в вопросе {id}",
        "kk": "{id} сұрағындағы тізімнің тармағы",
        "uz": "{id} savolidagi roʻyxat bandi",
    },
    "finding": {
        "en": "Subject of a sentence in the report: begins with a small letter, has no full stop ({id})",
        "ru": "Подлежащее предложения в отчёте: с маленькой буквы, без точки ({id})",
        "kk": "Есептегі сөйлемнің бастауышы: кіші әріптен басталады, нүктесіз ({id})",
        "uz": "Hisobotdagi gapning egasi: kichik harfdan boshlanadi, nuqtasiz ({id})",
    },
    "module_title": {
        "en": "Title of a part of the questionnaire",
        "ru": "Название раздела анкеты",
        "kk": "Сауалнама бөлімінің атауы",
        "uz": "Soʻrovnoma boʻlimining nomi",
    },
    "title": {
        "en": "Title of the survey in reports",
        "ru": "Название опроса в отчётах",
        "kk": "Есептердегі сауалнама атауы",
        "uz": "Hisobotlardagi soʻrov nomi",
    },
    "public_title": {
        "en": "Title in the browser of the respondent: must not tell the topic",
        "ru": "Заголовок в браузере респондента: не должен выдавать тему",
        "kk": "Респондент браузеріндегі атау: тақырыпты білдірмеуі керек",
        "uz": "Respondent brauzeridagi nom: mavzuni bildirmasligi kerak",
    },
    "population": {
        "en": "Who is surveyed, in reports",
        "ru": "Кого опрашивают; в отчётах",
        "kk": "Кімнен сұралады; есептерде",
        "uz": "Kim soʻraladi; hisobotlarda",
    },
    "period": {
        "en": "Stands in place of {{period:{id}}} in: {items}",
        "ru": "Ставится вместо {{period:{id}}} в: {items}",
        "kk": "{{period:{id}}} орнына қойылады: {items}",
        "uz": "{{period:{id}}} oʻrniga qoʻyiladi: {items}",
    },
    "phone": {
        "en": "What the help line {id} is",
        "ru": "Что это за телефон помощи: {id}",
        "kk": "{id} көмек телефоны туралы",
        "uz": "{id} yordam telefoni haqida",
    },
    "missing": {
        "en": "Answer offered with questions",
        "ru": "Вариант ответа при вопросах",
        "kk": "Сұрақтарға қосылатын жауап",
        "uz": "Savollarga qoʻshiladigan javob",
    },
    "text": {
        "en": "Text {id} shown to respondents",
        "ru": "Текст {id}, который видит респондент",
        "kk": "Респондент көретін {id} мәтіні",
        "uz": "Respondent koʻradigan {id} matni",
    },
    "text_before": {
        "en": "before: {items}",
        "ru": "перед: {items}",
        "kk": "алдында: {items}",
        "uz": "oldidan: {items}",
    },
    "text_after": {
        "en": "after: {items}",
        "ru": "после: {items}",
        "kk": "соңынан: {items}",
        "uz": "keyin: {items}",
    },
    "other": {"en": "Part of {id}", "ru": "Часть {id}", "kk": "{id} бөлігі", "uz": "{id} qismi"},
    "warn_empty": {
        "en": "not translated yet",
        "ru": "ещё не переведено",
        "kk": "әлі аударылмаған",
        "uz": "hali tarjima qilinmagan",
    },
    "warn_in_source": {
        "en": "shown in the language of the original",
        "ru": "показано на языке оригинала",
        "kk": "түпнұсқа тілінде көрсетілген",
        "uz": "asl nusxa tilida koʻrsatilgan",
    },
    "warn_stale": {
        "en": "changed since {who} reviewed it",
        "ru": "изменено после проверки ({who})",
        "kk": "{who} тексергеннен кейін өзгерген",
        "uz": "{who} tekshirgandan keyin oʻzgargan",
    },
    "warn_long": {
        "en": "too long: {n} letters",
        "ru": "слишком длинно: {n} знаков",
        "kk": "тым ұзын: {n} таңба",
        "uz": "juda uzun: {n} belgi",
    },
    "warn_found": {
        "en": "check: {found}",
        "ru": "проверьте: {found}",
        "kk": "тексеріңіз: {found}",
        "uz": "tekshiring: {found}",
    },
}


def say(name: str, language: str, **fills: object) -> str:
    """One of the words, in English where a language has none; `{name}` is filled, others stay."""
    words = SAID[name].get(language, SAID[name]["en"])
    return words.format(**fills) if fills else words
