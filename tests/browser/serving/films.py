"""A small catalogue of old films and invented viewers: the page is tried, and its pictures are made, with these.

Titles, years and genres are general knowledge; the numbers of ratings are invented, so that orders can be foretold:

- a film's quality is its ratings / 400, and its factors are the quality, shared out evenly over its genres;
- a viewer's factor of a genre is how much they like it, so that a score is quality x mean liking of the film's genres;
- two more factors tell a film's time, which no viewer minds, so that films of one genre are not all equally similar.
"""

from __future__ import annotations

from dataclasses import dataclass

FILMS = """
1|210|A Trip to the Moon (1902)|Adventure|Fantasy|Sci-Fi
2|90|The Great Train Robbery (1903)|Western
3|230|Cabinet of Dr. Caligari, The (1920)|Horror|Mystery
4|260|Kid, The (1921)|Comedy|Drama
5|330|Nosferatu (1922)|Horror
6|70|Nanook of the North (1922)|Documentary
7|240|Safety Last! (1923)|Comedy
8|110|Thief of Bagdad, The (1924)|Adventure|Fantasy
9|250|Sherlock Jr. (1924)|Comedy|Fantasy
10|220|Battleship Potemkin (1925)|Drama|War
11|300|Gold Rush, The (1925)|Adventure|Comedy
12|160|Phantom of the Opera, The (1925)|Horror|Romance
13|80|Lost World, The (1925)|Adventure|Sci-Fi
14|310|General, The (1926)|Comedy|War
15|100|Adventures of Prince Achmed, The (1926)|Animation|Fantasy
16|360|Metropolis (1927)|Drama|Sci-Fi
17|190|Sunrise: A Song of Two Humans (1927)|Drama|Romance
18|105|Wings (1927)|Romance|War
19|180|Steamboat Willie (1928)|Animation|Comedy
20|225|Passion of Joan of Arc, The (1928)|Drama
21|130|Man with a Movie Camera (1929)|Documentary
22|245|All Quiet on the Western Front (1930)|Drama|War
23|345|M (1931)|Crime|Thriller
24|320|City Lights (1931)|Comedy|Romance
25|325|Frankenstein (1931)|Horror|Sci-Fi
26|280|Duck Soup (1933)|Comedy
27|335|King Kong (1933)|Adventure|Horror
28|315|It Happened One Night (1934)|Comedy|Romance
29|290|39 Steps, The (1935)|Mystery|Thriller
30|350|Modern Times (1936)|Comedy
31|340|Snow White and the Seven Dwarfs (1937)|Animation|Fantasy
32|255|Bringing Up Baby (1938)|Comedy|Romance
33|215|Stagecoach (1939)|Drama|Western
34|395|Wizard of Oz, The (1939)|Fantasy|Musical
35|270|His Girl Friday (1940)|Comedy|Romance
36|380|Citizen Kane (1941)|Drama|Mystery
37|355|Maltese Falcon, The (1941)|Crime|Mystery
38|400|Casablanca (1942)|Drama|Romance
39|305|Double Indemnity (1944)|Crime|Thriller
40|140|Detour (1945)|Crime|Thriller
41|385|It's a Wonderful Life (1946)|Drama|Fantasy
42|150|Great Expectations (1946)|Drama
43|365|Third Man, The (1949)|Mystery|Thriller
44|120|D.O.A. (1950)|Crime|Mystery
45|370|Singin' in the Rain (1952)|Comedy|Musical
46|390|Seven Samurai (Shichinin no samurai) (1954)|Adventure|Drama
47|275|Night of the Hunter, The (1955)|Crime|Thriller
48|235|Forbidden Planet (1956)|Adventure|Sci-Fi
49|200|Plan 9 from Outer Space (1959)|Horror|Sci-Fi
50|125|House on Haunted Hill (1959)|Horror|Mystery
51|170|Little Shop of Horrors, The (1960)|Comedy|Horror
52|145|Carnival of Souls (1962)|Horror|Mystery
53|265|Charade (1963)|Comedy|Mystery
54|375|Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb (1964)|Comedy|War
55|115|Last Man on Earth, The (1964)|Horror|Sci-Fi
56|295|Night of the Living Dead (1968)|Horror
57|392|2001: A Space Odyssey (1968)|Adventure|Sci-Fi
58|285|Rio Bravo (1959)|Western
59|10|<b>Bold</b> & <img src=x onerror=document.title="run"> (1999)|Documentary
"""


LIKINGS = {
    1: {"Comedy": 4.8, "Romance": 4.4, "Musical": 4.2},
    2: {"Horror": 4.9, "Sci-Fi": 4.5, "Mystery": 4.0},
    3: {"Crime": 4.8, "Thriller": 4.7, "Mystery": 4.6},
    4: {"Adventure": 4.6, "Fantasy": 4.7, "Animation": 4.5},
    5: {"Drama": 4.9, "War": 4.3, "Romance": 4.2},
    6: {"Western": 4.8, "Adventure": 4.2, "War": 3.9},
    7: {"Sci-Fi": 5.0, "Adventure": 4.3, "Horror": 3.5},
    8: {"Documentary": 4.6, "Drama": 4.0, "Crime": 3.6},
    2**53 + 1: {"Musical": 4.9},
}
"""Of each viewer; any other genre is worth OTHERWISE. The last id is one that JavaScript's numbers cannot hold."""
OTHERWISE = 2.0
SEEN_EVERY = 5
"""A viewer has seen the films whose id times the viewer's id is 1 modulo this; viewer 5 has seen none."""


@dataclass(frozen=True)
class Film:
    """One line of the catalogue."""

    item_id: int
    ratings: int
    title: str
    """As MovieLens would write it."""
    genres: tuple[str, ...]


def _film(line: str) -> Film:
    number, ratings, title, *genres = line.split("|")
    return Film(int(number), int(ratings), title, tuple(genres))


CATALOGUE = [_film(line) for line in FILMS.strip().splitlines()]
GENRES = sorted({genre for film in CATALOGUE for genre in film.genres})


def has_seen(user: int, film: Film) -> bool:
    """Whether a viewer has rated a film."""
    return user * film.item_id % SEEN_EVERY == 1
