"""A small catalogue of old films, from general knowledge: the pages are tried, and their pictures made, with these."""

from __future__ import annotations

FILMS = """
1|A Trip to the Moon (1902)|Adventure|Fantasy|Sci-Fi
2|The Great Train Robbery (1903)|Western
3|Cabinet of Dr. Caligari, The (1920)|Horror|Mystery
4|Kid, The (1921)|Comedy|Drama
5|Nosferatu (1922)|Horror
6|Nanook of the North (1922)|Documentary
7|Safety Last! (1923)|Comedy
8|Thief of Bagdad, The (1924)|Adventure|Fantasy
9|Sherlock Jr. (1924)|Comedy|Fantasy
10|Battleship Potemkin (1925)|Drama|War
11|Gold Rush, The (1925)|Adventure|Comedy
12|Phantom of the Opera, The (1925)|Horror|Romance
13|Lost World, The (1925)|Adventure|Sci-Fi
14|General, The (1926)|Comedy|War
15|Adventures of Prince Achmed, The (1926)|Animation|Fantasy
16|Metropolis (1927)|Drama|Sci-Fi
17|Sunrise: A Song of Two Humans (1927)|Drama|Romance
18|Wings (1927)|Romance|War
19|Steamboat Willie (1928)|Animation|Comedy
20|Passion of Joan of Arc, The (1928)|Drama
21|Man with a Movie Camera (1929)|Documentary
22|All Quiet on the Western Front (1930)|Drama|War
23|M (1931)|Crime|Thriller
24|City Lights (1931)|Comedy|Romance
25|Frankenstein (1931)|Horror|Sci-Fi
26|Duck Soup (1933)|Comedy
27|King Kong (1933)|Adventure|Horror
28|It Happened One Night (1934)|Comedy|Romance
29|39 Steps, The (1935)|Mystery|Thriller
30|Modern Times (1936)|Comedy
31|Snow White and the Seven Dwarfs (1937)|Animation|Fantasy
32|Bringing Up Baby (1938)|Comedy|Romance
33|Stagecoach (1939)|Drama|Western
34|Wizard of Oz, The (1939)|Fantasy|Musical
35|His Girl Friday (1940)|Comedy|Romance
36|Citizen Kane (1941)|Drama|Mystery
37|Maltese Falcon, The (1941)|Crime|Mystery
38|Casablanca (1942)|Drama|Romance
39|Double Indemnity (1944)|Crime|Thriller
40|Detour (1945)|Crime|Thriller
41|It's a Wonderful Life (1946)|Drama|Fantasy
42|Great Expectations (1946)|Drama
43|Third Man, The (1949)|Mystery|Thriller
44|D.O.A. (1950)|Crime|Mystery
45|Singin' in the Rain (1952)|Comedy|Musical
46|Seven Samurai (Shichinin no samurai) (1954)|Adventure|Drama
47|Night of the Hunter, The (1955)|Crime|Thriller
48|Forbidden Planet (1956)|Adventure|Sci-Fi
49|Plan 9 from Outer Space (1959)|Horror|Sci-Fi
50|House on Haunted Hill (1959)|Horror|Mystery
51|Little Shop of Horrors, The (1960)|Comedy|Horror
52|Carnival of Souls (1962)|Horror|Mystery
53|Charade (1963)|Comedy|Mystery
54|Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb (1964)|Comedy|War
55|Last Man on Earth, The (1964)|Horror|Sci-Fi
56|Night of the Living Dead (1968)|Horror
57|2001: A Space Odyssey (1968)|Adventure|Sci-Fi
58|Rio Bravo (1959)|Western
59|<b>Bold</b> & <img src=x onerror=document.title="run"> (1999)|Documentary
"""


def catalogue() -> list[tuple[int, str, tuple[str, ...]]]:
    """Id, title as MovieLens would write it, genres."""
    rows = [line.split("|") for line in FILMS.strip().splitlines()]
    return [(int(number), title, tuple(genres)) for number, title, *genres in rows]
