//! Who comes: nationalities, names in the scripts their bearers write, and languages of contact.
//!
//! Names are common ones, paired at random; any likeness to a living person is chance.

use super::draw::Draw;

/// Family names, female and male first names in one script.
struct Script {
    family: &'static [&'static str],
    female: &'static [&'static str],
    male: &'static [&'static str],
}

/// People whose names go together.
pub(crate) struct Culture {
    latin: Script,
    /// The names as written at home, where that is not in Latin letters.
    home: Option<Script>,
    /// ISO 639-1, most usual first.
    languages: &'static [&'static str],
}

impl Culture {
    /// Last name and first names, for three in ten in the script of home where there is one.
    pub(crate) fn name(&self, draw: &mut Draw, sex: &str) -> (String, String) {
        let script = match &self.home {
            Some(home) if draw.percent(30) => home,
            _ => &self.latin,
        };
        let female = match sex {
            "F" => true,
            "M" => false,
            _ => draw.percent(50),
        };
        let given = if female { script.female } else { script.male };
        let mut first_names = draw.pick(given).to_owned();
        if draw.percent(25) {
            let second = draw.pick(given);
            if second != first_names {
                first_names = format!("{first_names} {second}");
            }
        }
        (draw.pick(script.family).to_owned(), first_names)
    }

    /// The language of contact, ISO 639-1, or empty: not asked.
    pub(crate) fn contact_language(&self, draw: &mut Draw) -> &'static str {
        match draw.below(10) {
            0 => "",
            1 => draw.pick(&["fr", "en", "nl"]),
            _ => draw.pick(self.languages),
        }
    }
}

const ARABIC: Culture = Culture {
    latin: Script {
        family: &["Ben Youssef", "El Amrani", "Al-Khatib", "Haddad", "Benhaddou", "Al-Masri", "Bouazza", "Nasser"],
        female: &["Fatima Zahra", "Khadija", "Amina", "Noor", "Salma", "Rania", "Hanane"],
        male: &["Mohammed", "Youssef", "Karim", "Omar", "Bilal", "Samir", "Abdelhakim"],
    },
    home: Some(Script {
        family: &["العمراني", "الخطيب", "حداد", "بن يوسف", "المصري", "الزهراوي", "عبد الرحمن"],
        female: &["فاطمة الزهراء", "خديجة", "أمينة", "نور", "سلمى", "رانيا"],
        male: &["محمد", "يوسف", "كريم", "عمر", "بلال", "سمير"],
    }),
    languages: &["ar", "ar", "fr"],
};

const PERSIAN: Culture = Culture {
    latin: Script {
        family: &["Ahmadzai", "Hosseini", "Rahimi", "Karimi", "Noorzai", "Mohammadi"],
        female: &["Maryam", "Zahra", "Parisa", "Shabnam", "Leila"],
        male: &["Reza", "Ahmad", "Farhad", "Jawad", "Navid"],
    },
    home: Some(Script {
        family: &["احمدزی", "حسینی", "رحیمی", "کریمی", "نورزی", "پورمحمدی"],
        female: &["مریم", "زهرا", "پریسا", "شبنم", "لیلا"],
        male: &["رضا", "احمد", "فرهاد", "جواد", "ژوبین"],
    }),
    languages: &["fa", "fa", "ps"],
};

const TURKISH: Culture = Culture {
    latin: Script {
        family: &["Yılmaz", "Çelik", "Öztürk", "Şahin", "Doğan", "Güneş", "Kılıç"],
        female: &["Ayşe", "Emine", "Zeynep", "Gülşen", "Çiğdem"],
        male: &["Emre", "İbrahim", "Oğuz", "Çağlar", "Şükrü"],
    },
    home: None,
    languages: &["tr"],
};

const CYRILLIC: Culture = Culture {
    latin: Script {
        family: &["Kovalenko", "Shevchuk", "Petrov", "Bondarenko", "Ivanović", "Mel’nyk"],
        female: &["Olena", "Iryna", "Natalia", "Svitlana", "Yuliia"],
        male: &["Andrii", "Dmytro", "Serhii", "Oleksandr", "Yevhen"],
    },
    home: Some(Script {
        family: &["Коваленко", "Шевчук", "Петров", "Бондаренко", "Мельник", "Їжакевич", "Ћирић"],
        female: &["Олена", "Ірина", "Наталія", "Світлана", "Юлія"],
        male: &["Андрій", "Дмитро", "Сергій", "Олександр", "Євген"],
    }),
    languages: &["uk", "ru", "ru"],
};

const GREEK: Culture = Culture {
    latin: Script {
        family: &["Papadopoulou", "Georgiou", "Nikolaidis", "Vlachos"],
        female: &["Eleni", "Maria", "Katerina", "Sofia"],
        male: &["Georgios", "Dimitris", "Nikos", "Yannis"],
    },
    home: Some(Script {
        family: &["Παπαδοπούλου", "Γεωργίου", "Νικολαΐδης", "Βλάχος"],
        female: &["Ελένη", "Μαρία", "Κατερίνα", "Σοφία"],
        male: &["Γεώργιος", "Δημήτρης", "Νίκος", "Γιάννης"],
    }),
    languages: &["el"],
};

const CHINESE: Culture = Culture {
    latin: Script {
        family: &["Wang", "Li", "Zhang", "Ouyang", "Lü"],
        female: &["Xiaomei", "Lihua", "Jing", "Yuting"],
        male: &["Wei", "Guoqiang", "Jun", "Haoran"],
    },
    home: Some(Script {
        family: &["王", "李", "张", "欧阳", "吕", "陳"],
        female: &["小梅", "丽华", "静", "雨婷"],
        male: &["伟", "国强", "军", "浩然"],
    }),
    languages: &["zh"],
};

const JAPANESE: Culture = Culture {
    latin: Script {
        family: &["Satō", "Suzuki", "Takahashi", "Itō"],
        female: &["Haruka", "Yūko", "Sakura"],
        male: &["Kenji", "Ryō", "Shōta"],
    },
    home: Some(Script {
        family: &["佐藤", "鈴木", "高橋", "伊藤"],
        female: &["遥", "裕子", "さくら"],
        male: &["健二", "涼", "ショウタ"],
    }),
    languages: &["ja", "en"],
};

const KOREAN: Culture = Culture {
    latin: Script {
        family: &["Kim", "Lee", "Park", "Choi"],
        female: &["Ji-woo", "Min-seo"],
        male: &["Min-jun", "Seo-jun"],
    },
    home: Some(Script {
        family: &["김", "이", "박", "최"], female: &["지우", "민서"], male: &["민준", "서준"]
    }),
    languages: &["ko", "en"],
};

const VIETNAMESE: Culture = Culture {
    latin: Script {
        family: &["Nguyễn", "Trần", "Lê", "Phạm", "Đặng"],
        female: &["Thị Hương", "Ngọc Ánh", "Mỹ Duyên"],
        male: &["Văn Đức", "Quốc Bảo", "Hữu Phước"],
    },
    home: None,
    languages: &["vi"],
};

const ETHIOPIC: Culture = Culture {
    latin: Script {
        family: &["Tesfaye", "Gebremedhin", "Haile", "Woldemariam"],
        female: &["Selam", "Hiwot", "Meron", "Tsega"],
        male: &["Abebe", "Dawit", "Yonas", "Berhane"],
    },
    home: Some(Script {
        family: &["ተስፋዬ", "ገብረመድህን", "ኃይሌ", "ወልደማርያም"],
        female: &["ሰላም", "ሕይወት", "ሜሮን", "ጸጋ"],
        male: &["አበበ", "ዳዊት", "ዮናስ", "ብርሃነ"],
    }),
    languages: &["am", "ti"],
};

const WEST_AFRICAN: Culture = Culture {
    latin: Script {
        family: &["Diallo", "Sow", "N’Diaye", "Traoré", "Kouassi", "Bâ", "Mbuyi", "Uwimana", "Ngo Bayiha"],
        female: &["Aïssatou", "Mariama", "Adwoa", "Grâce", "Espérance"],
        male: &["Kwame", "Mamadou", "Jean-Bosco", "Ibrahima", "Dieudonné"],
    },
    home: None,
    languages: &["fr", "fr", "en", "ff", "ln"],
};

const LATIN_AMERICAN: Culture = Culture {
    latin: Script {
        family: &["García López", "Da Silva", "Muñoz Ibáñez", "Gonçalves", "Peña y Lillo", "Araújo"],
        female: &["María José", "Conceição", "Lucía", "Inês", "Ximena"],
        male: &["José Ángel", "João", "Iñigo", "Sebastião", "Raúl"],
    },
    home: None,
    languages: &["es", "pt"],
};

const SOUTH_ASIAN: Culture = Culture {
    latin: Script {
        family: &["Singh", "Sharma", "Khan", "Patel", "Gurung", "Hossain", "Venkataraman Subramaniam"],
        female: &["Priya", "Ananya", "Ayesha", "Sunita", "Lakshmi"],
        male: &["Rajesh", "Arjun", "Imran", "Bikash", "Harpreet"],
    },
    home: None,
    languages: &["en", "hi", "ur", "ne", "bn"],
};

const EUROPEAN: Culture = Culture {
    latin: Script {
        family: &[
            "Lefèvre",
            "Müller",
            "Rossi",
            "Łukasiewicz",
            "Ferreira",
            "Popescu",
            "Szűcs",
            "Żółć",
            "Ăncuța",
            "Ó Briain",
        ],
        female: &["Marie-Ange", "Søs", "Małgorzata", "Zoë", "Ștefania", "Réka"],
        male: &["Søren", "Łukasz", "Jürgen", "François", "Ionuț", "Márton"],
    },
    home: None,
    languages: &["en", "fr", "de", "it", "es", "pl", "ro", "pt", "hu"],
};

const ENGLISH: Culture = Culture {
    latin: Script {
        family: &["Smith", "O’Connor", "Taylor-Jones", "McAllister", "Bahn, Jr."],
        female: &["Emily", "Chloë", "Grace"],
        male: &["James", "Liam", "Oliver"],
    },
    home: None,
    languages: &["en"],
};

/// The names that go with a nationality.
pub(crate) fn culture(nationality: &str) -> &'static Culture {
    match nationality {
        "MA" | "SY" | "DZ" | "TN" | "IQ" | "LB" | "PS" | "EG" | "XX" => &ARABIC,
        "AF" | "IR" => &PERSIAN,
        "TR" => &TURKISH,
        "UA" | "RU" | "MK" | "RS" | "BG" => &CYRILLIC,
        "GR" | "CY" => &GREEK,
        "CN" | "TW" => &CHINESE,
        "JP" => &JAPANESE,
        "KR" => &KOREAN,
        "VN" | "PH" => &VIETNAMESE,
        "ET" | "ER" => &ETHIOPIC,
        "GN" | "SN" | "CM" | "CD" | "RW" | "BI" | "CI" | "GH" | "NG" | "TG" | "MG" => &WEST_AFRICAN,
        "BR" | "CO" | "PE" | "EC" | "MX" => &LATIN_AMERICAN,
        "IN" | "PK" | "NP" | "BD" => &SOUTH_ASIAN,
        "GB" | "US" | "CA" | "AU" | "NZ" => &ENGLISH,
        _ => &EUROPEAN,
    }
}

/// Nationalities of the EU and its associates (exemption E01), with weights.
pub(crate) const EU: &[(&str, u32)] = &[
    ("FR", 26),
    ("RO", 18),
    ("IT", 14),
    ("ES", 12),
    ("PT", 8),
    ("PL", 7),
    ("BG", 7),
    ("DE", 7),
    ("GR", 6),
    ("NL", 5),
    ("HU", 3),
    ("IE", 2),
    ("SE", 2),
    ("CY", 1),
    ("NO", 1),
    ("CH", 1),
    ("IS", 1),
    ("LI", 1),
];

/// Nationalities from elsewhere, with weights.
pub(crate) const OTHER: &[(&str, u32)] = &[
    ("MA", 16),
    ("SY", 9),
    ("TR", 9),
    ("IN", 9),
    ("CD", 6),
    ("CM", 6),
    ("GN", 5),
    ("BR", 6),
    ("AF", 6),
    ("CN", 4),
    ("US", 4),
    ("ER", 4),
    ("PS", 4),
    ("SN", 2),
    ("RW", 2),
    ("PK", 3),
    ("IR", 2),
    ("ET", 2),
    ("DZ", 3),
    ("TN", 3),
    ("RU", 2),
    ("MK", 2),
    ("RS", 1),
    ("VN", 1),
    ("NP", 2),
    ("BD", 1),
    ("CO", 2),
    ("PE", 1),
    ("EC", 1),
    ("JP", 1),
    ("KR", 1),
    ("GH", 1),
    ("NG", 1),
    ("CI", 2),
    ("TG", 2),
    ("BI", 2),
    ("EG", 1),
    ("LB", 2),
    ("IQ", 2),
    ("UA", 1),
    ("XX", 1),
];
