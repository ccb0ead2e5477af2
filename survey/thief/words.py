"""How an attack after a close ended, in the languages of the disclosure record."""

HELD = {
    "en": "After the close an attack on the database, by a program that knew all ballots and their order, "
    "re-linked no more of the {n} interviews than chance does (limit: {limit}).",
    "ru": "После закрытия волны база данных проверена атакой программы, которой были известны все бюллетени "
    "и их порядок: из {n} интервью связано не больше, чем даёт случай (предел: {limit}).",
    "kk": "Толқын жабылғаннан кейін дерекқор барлық бюллетень мен олардың ретін білетін бағдарламаның "
    "шабуылымен тексерілді: {n} сұхбаттың кездейсоқтықтан артығы байланыстырылмады (шегі: {limit}).",
    "uz": "Toʻlqin yopilgach, maʼlumotlar bazasi barcha byulletenlar va ularning tartibini biladigan dastur "
    "hujumi bilan tekshirildi: {n} ta suhbatdan tasodifdagidan ortigʻi bogʻlanmadi (chegara: {limit}).",
}
HELD_AGAIN = {
    "en": "The close had been cut off. When it was taken up again every interview got a new random number; "
    "an attack on the database, by a program that knew the old numbers and their order, re-linked no more of "
    "the {n} interviews than chance does (limit: {limit}).",
    "ru": "Закрытие волны было прервано. При его продолжении каждое интервью получило новый случайный номер; "
    "атака программы, которой были известны прежние номера и их порядок, связала из {n} интервью не больше, "
    "чем даёт случай (предел: {limit}).",
    "kk": "Толқынды жабу үзіліп қалған. Жалғастырғанда әр сұхбатқа жаңа кездейсоқ нөмір берілді; бұрынғы "
    "нөмірлер мен олардың ретін білетін бағдарламаның шабуылы {n} сұхбаттың кездейсоқтықтан артығын "
    "байланыстыра алмады (шегі: {limit}).",
    "uz": "Toʻlqinni yopish uzilib qolgan edi. Davom ettirilganda har bir suhbat yangi tasodifiy raqam oldi; "
    "eski raqamlar va ularning tartibini biladigan dastur hujumi {n} ta suhbatdan tasodifdagidan ortigʻini "
    "bogʻlay olmadi (chegara: {limit}).",
}
BROKEN = {
    "en": "After the close an attack on the database succeeded: {found} of {n} interviews were re-linked, "
    "and {left} ballots can still be read.",
    "ru": "После закрытия волны атака на базу данных удалась: связано интервью: {found} из {n}; "
    "бюллетеней, которые ещё можно прочесть: {left}.",
    "kk": "Толқын жабылғаннан кейін дерекқорға жасалған шабуыл сәтті болды: {n} сұхбаттың {found} сұхбаты "
    "байланыстырылды, {left} бюллетеньді әлі оқуға болады.",
    "uz": "Toʻlqin yopilgach, maʼlumotlar bazasiga hujum muvaffaqiyatli boʻldi: {n} ta suhbatdan {found} "
    "tasi bogʻlandi, {left} ta byulletenni hali oʻqish mumkin.",
}
TOO_FEW = {
    "en": "After the close an attack on the database was tried; {n} interviews are too few for it to show "
    "anything.",
    "ru": "После закрытия волны проведена атака на базу данных; интервью слишком мало ({n}), чтобы она "
    "что-либо показала.",
    "kk": "Толқын жабылғаннан кейін дерекқорға шабуыл жасалып көрілді; сұхбат саны ({n}) нәтиже шығаруға "
    "тым аз.",
    "uz": "Toʻlqin yopilgach, maʼlumotlar bazasiga hujum qilib koʻrildi; suhbatlar soni ({n}) natija "
    "chiqarish uchun juda kam.",
}
SMALL_BATCHES = {
    "en": "{few} of {n} interviews are of groups of fewer than {least} invitations: whoever knows for whom "
    "such a group was may find out which answers are theirs, after the close too.",
    "ru": "Интервью из групп менее чем в {least} приглашений: {few} из {n}; кто знает, для кого была такая "
    "группа, может узнать, чьи это ответы, и после закрытия волны.",
    "kk": "{n} сұхбаттың {few} сұхбаты {least} шақырудан аз топтардан: мұндай топтың кімге арналғанын "
    "білген адам қай жауап кімдікі екенін толқын жабылғаннан кейін де анықтай алады.",
    "uz": "{n} ta suhbatdan {few} tasi {least} tadan kam taklifli guruhlardan: bunday guruh kimlar uchun "
    "boʻlganini bilgan kishi qaysi javob kimniki ekanini toʻlqin yopilgach ham bilib olishi mumkin.",
}
