"""How often each value is in UCI Adult's training part, in thousandths or so: what the generator draws from."""

from __future__ import annotations

WORKCLASS = {
    "Private": 0.697,
    "Self-emp-not-inc": 0.078,
    "Local-gov": 0.064,
    "?": 0.056,
    "State-gov": 0.04,
    "Self-emp-inc": 0.034,
    "Federal-gov": 0.029,
    "Without-pay": 0.001,
    "Never-worked": 0.001,
}
LEVELS = (
    "Preschool",
    "1st-4th",
    "5th-6th",
    "7th-8th",
    "9th",
    "10th",
    "11th",
    "12th",
    "HS-grad",
    "Some-college",
    "Assoc-voc",
    "Assoc-acdm",
    "Bachelors",
    "Masters",
    "Prof-school",
    "Doctorate",
)
"""Of education, the lowest first: their places from 1 on are the column education_num."""
_EDUCATED = (2, 5, 10, 20, 16, 29, 36, 13, 323, 224, 42, 33, 164, 53, 18, 13)
EDUCATION = {name: share / 1000 for name, share in zip(LEVELS, _EDUCATED, strict=True)}
MARRIED = {
    "Married-civ-spouse": 0.685,
    "Divorced": 0.202,
    "Separated": 0.046,
    "Widowed": 0.046,
    "Married-spouse-absent": 0.019,
    "Married-AF-spouse": 0.002,
}
"""Of those who are or were married."""
OCCUPATION = {
    "Prof-specialty": 0.127,
    "Craft-repair": 0.126,
    "Exec-managerial": 0.125,
    "Adm-clerical": 0.116,
    "Sales": 0.112,
    "Other-service": 0.101,
    "Machine-op-inspct": 0.061,
    "Transport-moving": 0.049,
    "Handlers-cleaners": 0.042,
    "Farming-fishing": 0.031,
    "Tech-support": 0.029,
    "Protective-serv": 0.02,
    "Priv-house-serv": 0.005,
    "Armed-Forces": 0.001,
}
"""Of those whose class of work is known."""
RACE = {"White": 0.854, "Black": 0.096, "Asian-Pac-Islander": 0.032, "Amer-Indian-Eskimo": 0.01, "Other": 0.008}
SEX = {"Male": 0.669, "Female": 0.331}
_FREQUENT = {
    "United-States": 0.896,
    "Mexico": 0.02,
    "Philippines": 0.006,
    "Germany": 0.004,
    "Canada": 0.004,
    "Puerto-Rico": 0.004,
    "El-Salvador": 0.003,
    "India": 0.003,
    "Cuba": 0.003,
    "England": 0.003,
}
_RARE = (
    "Cambodia China Columbia Dominican-Republic Ecuador France Greece Guatemala Haiti Honduras Hong Hungary Iran "
    "Ireland Italy Jamaica Japan Laos Nicaragua Outlying-US(Guam-USVI-etc) Peru Poland Portugal Scotland South Taiwan "
    "Thailand Trinadad&Tobago Vietnam Yugoslavia"
)
COUNTRY = {**_FREQUENT, **dict.fromkeys(_RARE.split(), 0.0015)}
"""40 of its 41: the one with a single person, who is in no test part, is left out."""
GAINS = (2174, 3103, 3325, 4386, 5013, 5178, 7298, 7298, 7688, 7688, 8614, 10520, 15024, 15024, 99999)
LOSSES = (1485, 1602, 1740, 1848, 1887, 1887, 1902, 1902, 1977, 1977, 2415)
"""In dollars, those above 0; what is there twice is twice as frequent."""
