"""What English says for units, currencies, abbreviations, months and states."""

from __future__ import annotations

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SHORT_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
DAYS = {"Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Thur": "Thursday", "Thurs": "Thursday",
        "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday"}  # fmt: skip
# written after a number -> one, many
UNITS = {
    "km": ("kilometer", ""), "m": ("meter", ""), "cm": ("centimeter", ""), "mm": ("millimeter", ""), "dm": ("decimeter", ""),
    "nm": ("nanometer", ""),
    "μm": ("micrometer", ""), "um": ("micrometer", ""), "km²": ("square kilometer", ""), "km2": ("square kilometer", ""),
    "m²": ("square meter", ""), "m2": ("square meter", ""),
    "㎡": ("square meter", ""), "cm²": ("square centimeter", ""), "cm2": ("square centimeter", ""),
    "mm²": ("square millimeter", ""), "m³": ("cubic meter", ""),
    "m3": ("cubic meter", ""), "cm³": ("cubic centimeter", ""), "cm3": ("cubic centimeter", ""), "km³": ("cubic kilometer", ""),
    "ha": ("hectare", ""), "sq m": ("square meter", ""),
    "sq ft": ("square foot", "square feet"), "sq mi": ("square mile", ""), "mi²": ("square mile", ""), "mi2": ("square mile", ""),
    "ft²": ("square foot", "square feet"), "ft2": ("square foot", "square feet"),
    "kg": ("kilogram", ""), "kgs": ("kilogram", ""), "kms": ("kilometer", ""), "KG": ("kilogram", ""), "Kg": ("kilogram", ""),
    "g": ("gram", ""), "mg": ("milligram", ""), "μg": ("microgram", ""), "ug": ("microgram", ""), "t": ("ton", ""),
    "l": ("liter", ""), "L": ("liter", ""), "ml": ("milliliter", ""), "mL": ("milliliter", ""), "cc": ("c c", "c c"),
    "dl": ("deciliter", ""),
    "lb": ("pound", ""), "lbs": ("pound", ""), "oz": ("ounce", ""), "ft": ("foot", "feet"), "yd": ("yard", ""), "mi": ("mile", ""),
    "mph": ("mile per hour", "miles per hour"),
    "kmh": ("kilometer per hour", "kilometers per hour"), "kph": ("kilometer per hour", "kilometers per hour"),
    "s": ("second", ""), "sec": ("second", ""), "ms": ("millisecond", ""), "ns": ("nanosecond", ""), "μs": ("microsecond", ""),
    "min": ("minute", ""), "mins": ("minute", ""), "h": ("hour", ""),
    "hr": ("hour", ""), "hrs": ("hour", ""), "yr": ("year", ""), "yrs": ("year", ""), "wk": ("week", ""),
    "kW": ("kilowatt", ""), "kw": ("kilowatt", ""), "MW": ("megawatt", ""), "GW": ("gigawatt", ""), "W": ("watt", ""),
    "kWh": ("kilowatt hour", ""), "MWh": ("megawatt hour", ""), "GWh": ("gigawatt hour", ""),
    "V": ("volt", ""), "kV": ("kilovolt", ""), "mA": ("milliampere", ""), "mAh": ("milliampere hour", ""),
    "Hz": ("hertz", "hertz"), "hz": ("hertz", "hertz"), "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"), "GHz": ("gigahertz", "gigahertz"), "dB": ("decibel", ""), "db": ("decibel", ""),
    "Pa": ("pascal", ""), "hPa": ("hectopascal", ""), "kPa": ("kilopascal", ""),
    "MPa": ("megapascal", ""), "psi": ("pound per square inch", "pounds per square inch"),
    "mbps": ("megabit per second", "megabits per second"), "Mbps": ("megabit per second", "megabits per second"),
    "Gbps": ("gigabit per second", "gigabits per second"), "gbps": ("gigabit per second", "gigabits per second"),
    "kbps": ("kilobit per second", "kilobits per second"),
    "KB": ("kilobyte", ""), "kb": ("kilobit", ""), "MB": ("megabyte", ""), "mb": ("megabyte", ""), "GB": ("gigabyte", ""),
    "gb": ("gigabyte", ""), "TB": ("terabyte", ""), "tb": ("terabyte", ""),
    "rpm": ("revolution per minute", "revolutions per minute"), "bpm": ("beat per minute", "beats per minute"),
    "ppm": ("part per million", "parts per million"), "hp": ("horsepower", "horsepower"),
    "cal": ("calorie", ""), "kcal": ("kilocalorie", ""), "kJ": ("kilojoule", ""), "mol": ("mole", ""), "lm": ("lumen", ""),
    "mmHg": ("millimeter of mercury", "millimeters of mercury"),
    "℃": ("degree Celsius", "degrees Celsius"), "°C": ("degree Celsius", "degrees Celsius"),
    "° C": ("degree Celsius", "degrees Celsius"), "℉": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"), "° F": ("degree Fahrenheit", "degrees Fahrenheit"), "°": ("degree", ""),
    "%": ("percent", "percent"), "‰": ("per mille", "per mille"),
}  # fmt: skip
PER = {
    "h": "hour", "hr": "hour", "hour": "hour", "s": "second", "sec": "second", "min": "minute", "d": "day", "day": "day",
    "wk": "week", "week": "week", "mo": "month", "month": "month",
    "yr": "year", "year": "year", "a": "year", "kg": "kilogram", "g": "gram", "l": "liter", "L": "liter", "ml": "milliliter",
    "mL": "milliliter", "dl": "deciliter", "m²": "square meter", "m2": "square meter",
    "m³": "cubic meter", "m3": "cubic meter", "km²": "square kilometer", "km2": "square kilometer", "km": "kilometer",
    "ha": "hectare", "t": "ton", "lb": "pound", "mu": "mu", "jin": "jin", "person": "person", "household": "household",
    "unit": "unit", "piece": "piece", "night": "night", "pp": "person",
}  # fmt: skip
# sign -> one, many, one hundredth, hundredths
MONEY = {
    "$": ("dollar", "dollars", "cent", "cents"), "US$": ("US dollar", "US dollars", "cent", "cents"),
    "HK$": ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
    "A$": ("Australian dollar", "Australian dollars", "cent", "cents"),
    "C$": ("Canadian dollar", "Canadian dollars", "cent", "cents"),
    "NT$": ("New Taiwan dollar", "New Taiwan dollars", "cent", "cents"),
    "S$": ("Singapore dollar", "Singapore dollars", "cent", "cents"), "£": ("pound", "pounds", "penny", "pence"),
    "€": ("euro", "euros", "cent", "cents"), "¥": ("yuan", "yuan", "", ""),
    "CNY": ("yuan", "yuan", "", ""), "RMB": ("yuan", "yuan", "", ""), "JP¥": ("yen", "yen", "", ""), "₩": ("won", "won", "", ""),
    "₽": ("ruble", "rubles", "", ""), "₹": ("rupee", "rupees", "", ""),
    "฿": ("baht", "baht", "", ""), "₫": ("dong", "dong", "", ""), "₱": ("peso", "pesos", "", ""), "₺": ("lira", "lira", "", ""),
    "USD": ("US dollar", "US dollars", "cent", "cents"),
    "EUR": ("euro", "euros", "cent", "cents"), "GBP": ("pound", "pounds", "penny", "pence"),
    "HKD": ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"), "JPY": ("yen", "yen", "", ""),
}  # fmt: skip
ALONE = {
    "$": "dollar", "€": "euro", "£": "pound", "¥": "yuan", "₩": "won", "₽": "ruble", "₹": "rupee", "%": "percent", "#": "hash",
    "&": "and", "@": "at", "+": "plus", "=": "equals", "/": "slash",
    "*": "times", "×": "times", "÷": "divided by", "±": "plus or minus", "≤": "is at most", "≥": "is at least", "≈": "is about",
    "≠": "is not equal to", "<": "is less than", ">": "is more than",
    "°": "degrees", "№": "number", "℃": "degrees Celsius", "℉": "degrees Fahrenheit", "‰": "per mille", "²": "squared",
    "³": "cubed",
}  # fmt: skip
# said in full where the written form ends with its full stop
ABBREVIATIONS = {
    "Dr": "Doctor", "Mr": "Mister", "Prof": "Professor", "Rev": "Reverend", "Hon": "Honorable", "Maj": "Major", "Gen": "General",
    "Capt": "Captain", "Col": "Colonel", "Sgt": "Sergeant", "Lt": "Lieutenant",
    "Gov": "Governor", "Sen": "Senator", "Rep": "Representative", "Pres": "President", "Mt": "Mount", "Ft": "Fort", "vs": "versus",
    "etc": "et cetera", "Inc": "Incorporated", "Ltd": "Limited",
    "Co": "Company", "Corp": "Corporation", "Jr": "Junior", "Sr": "Senior", "Dept": "Department", "Univ": "University",
    "approx": "approximately", "Approx": "Approximately", "est": "established",
    "tel": "telephone", "Tel": "Telephone", "ext": "extension", "Ext": "Extension", "Ave": "Avenue", "Blvd": "Boulevard",
    "Rd": "Road", "Ln": "Lane", "Hwy": "Highway", "Expy": "Expressway",
    "Rm": "Room", "Bldg": "Building", "Fl": "Floor", "Apt": "Apartment",
}  # fmt: skip
STREETS = {
    "St": "Street", "st": "street", "Ave": "Avenue", "Rd": "Road", "Blvd": "Boulevard", "Ln": "Lane", "Dr": "Drive", "Ct": "Court",
    "Pl": "Place", "Sq": "Square", "Hwy": "Highway", "Expy": "Expressway",
    "Pkwy": "Parkway", "Ter": "Terrace", "Street": "Street", "Avenue": "Avenue", "Road": "Road", "Boulevard": "Boulevard",
    "Lane": "Lane", "Drive": "Drive",
}  # fmt: skip
WINDS = {
    "N": "North",
    "S": "South",
    "E": "East",
    "W": "West",
    "NE": "Northeast",
    "NW": "Northwest",
    "SE": "Southeast",
    "SW": "Southwest",
}
STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado", "CT": "Connecticut",
    "DE": "Delaware", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii",
    "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan",
    "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York",
    "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee",
    "TX": "Texas", "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin",
    "WY": "Wyoming",
}  # fmt: skip
# what is counted: a bare four-digit number before one of these is a quantity, not a year
COUNTED = (
    "people|persons|men|women|children|households|families|villagers|residents|farmers|pupils|students|members|workers|homes|"
    "houses|mu|yuan|jin|dollars|pounds|euros|cents|"
    "cattle|sheep|pigs|chickens|trees|bags|boxes|copies|votes|tons|tonnes|acres|hectares|miles|meters|metres|kilometers|"
    "kilometres|kilograms|grams|liters|litres|hours|days|"
    "years|weeks|months|minutes|seconds|times|steps|troops|soldiers|jobs|cases|deaths|square|cubic|degrees|percent|per|points|"
    "pieces|million|billion|thousand|more|feet|calories|watts|volts|others|units"
)
ROMANS = {
    "II": 2,
    "III": 3,
    "IV": 4,
    "VI": 6,
    "VII": 7,
    "VIII": 8,
    "IX": 9,
    "XI": 11,
    "XII": 12,
    "XIII": 13,
    "XIV": 14,
    "XV": 15,
    "XVI": 16,
    "XVII": 17,
    "XVIII": 18,
    "XIX": 19,
    "XX": 20,
    "XXI": 21,
}
# a Roman number behind these is an ordinal: Henry the eighth
KINGS = (
    "Henry|Louis|George|Elizabeth|Charles|Edward|Richard|William|James|Philip|Frederick|Frederik|Nicholas|Alexander|Catherine|"
    "Peter|Napoleon|Francis|Leopold|Christian|Gustav|"
    "Haakon|Rama|Ramses|Leo|Pius|Benedict|Gregory|Paul|Clement|Innocent|Wilhelm|Carl|Felipe|Alfonso|Mohammed"
)
# and behind these a number, even a lone letter: Chapter five
NUMBERED = (
    "Chapter|Part|Section|Act|Scene|Volume|Book|Phase|Type|Class|Grade|Level|Article|War|Title|Appendix|Stage|Unit|Category|"
    "Group|Zone"
)
