"""The words of generated books.

Shares are those of the books in one part of the 2018 dump; names are made up or very common.
"""

from __future__ import annotations

# One row per latent genre, the most common first: how infoboxes spell it, the most common first, and
# the name of its category. As on real maps, some genres fill several regions.
GENRES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("fantasy novels", ("Fantasy novel", "Fantasy", "Fantasy, horror", "Fantasy literature")),
    ("science fiction novels", ("Science fiction", "Science fiction novel", "Sci-fi", "SF")),
    ("children's picture books", ("Children's picture book", "Picture book", "Children's book")),
    ("science fiction novels", ("Science fiction novel", "Science Fiction", "Science-fiction")),
    ("crime novels", ("Crime novel", "Crime / Mystery novel", "Crime", "Crime fiction")),
    ("fantasy novels", ("Fantasy", "Epic fantasy", "High fantasy", "Fantasy Novel")),
    (
        "historical novels",
        ("Historical novel", "Historical fiction", "Historical", "Historic novel"),
    ),
    ("young adult novels", ("Young adult novel", "Young adult fiction", "Young adult", "YA novel")),
    ("fantasy short story collections", ("Fantasy, horror, science fiction", "Fantasy, Horror")),
    ("detective novels", ("Detective fiction", "Mystery novel", "Detective novel", "Mystery")),
    (
        "children's novels",
        ("Children's novel", "Children's", "Children's literature", "Kids' book"),
    ),
    ("science fiction novels", ("Science fiction", "Cyberpunk", "Alternate history")),
    ("poetry books", ("Poetry", "poetry", "Poem", "Poetry collection", "Epic poem")),
    ("role-playing game books", ("Role-playing game", "Role-playing games", "Art", "Photography")),
    ("adventure novels", ("Adventure", "Adventure novel", "Adventure, Historical novel")),
    ("historical novels", ("Historical novel", "Regency, Romance", "historical fiction")),
    ("literary novels", ("Literary fiction", "literary fiction", "Postmodernism", "Realism")),
    ("thriller novels", ("Thriller", "Thriller novel", "Suspense", "Spy novel", "techno-thriller")),
    ("memoirs", ("Memoir", "Autobiography", "autobiography", "Diary", "Travelogue, memoir")),
    ("horror novels", ("Horror novel", "Horror", "Horror fiction", "Horror, fantasy")),
    ("fantasy novels", ("Sword and sorcery", "Fantasy", "Sword & sorcery", "Heroic fantasy")),
    ("science books", ("Popular science", "Science", "Natural history", "Computer science")),
    ("reference works", ("Reference", "Dictionary", "Reference work", "Encyclopedia")),
    ("political books", ("Politics", "Sociology", "Political science", "Linguistics")),
    ("science fiction novels", ("Science fiction, fantasy", "Hard science fiction", "Space opera")),
    ("children's novels", ("Children's novel", "Children's fantasy", "Juvenile literature")),
    ("mystery novels", ("Mystery", "Crime, Mystery, Thriller", "Whodunit", "Mistery novel")),
    ("comic novels", ("Comedy", "Humor", "Humour", "Satire", "Comic novel", "Black comedy")),
    ("biographies", ("Biography", "biography", "Biography, Political", "memoir; biography")),
    ("fantasy novels", ("Urban fantasy", "Fantasy novel", "Dark fantasy", "Paranormal romance")),
    ("war novels", ("War novel", "War", "World War II Novel", "Military fiction")),
    ("history books", ("History", "history", "Military history", "History, biography")),
    ("romance novels", ("Romance novel", "Romance", "Romance, Novel", "Historical romance")),
    ("children's picture books", ("Children's literature", "Children's picture book")),
    ("religious books", ("Religion", "Theology", "Christian theology", "Islamic studies")),
    ("historical novels", ("Historical Fiction", "Historical novel, Romance", "Historical novels")),
    ("psychology books", ("Psychology", "Self-help", "psychology", "Psychiatry")),
    ("detective novels", ("Detective, Mystery novel", "Historical mystery", "Police procedural")),
    ("young adult novels", ("Young adult", "Young-adult fantasy", "Young adult literature")),
    (
        "science fiction novels",
        ("Science fiction novel", "Space opera", "Science fantasy", "scifi"),
    ),
)
VAGUE_GENRES = (*["Novel"] * 12, *["Non-fiction"] * 7, "Fiction", "Fiction", "Various", "Novella")
SEPARATORS = (", ", ", ", " < br > ", " / ", "; ", " and ")

# Country -> share of 1,413 real books, how infoboxes spell it, its languages.
COUNTRIES: dict[str, tuple[int, tuple[str, ...], tuple[str, ...]]] = {
    "American": (760, ("United States", "USA", "U.S.", "United States of America"), ("English",)),
    "British": (250, ("United Kingdom", "England", "UK", "Great Britain"), ("English",)),
    "Australian": (30, ("Australia",), ("English",)),
    "Canadian": (24, ("Canada",), ("English", "French")),
    "French": (18, ("France", "France < br > United Kingdom"), ("French",)),
    "Japanese": (13, ("Japan",), ("Japanese",)),
    "Russian": (14, ("Russia", "Soviet Union", "Russian Empire"), ("Russian",)),
    "Irish": (10, ("Ireland", "Republic of Ireland"), ("English", "Irish")),
    "Brazilian": (12, ("Brazil",), ("Portuguese",)),
    "Swedish": (8, ("Sweden",), ("Swedish", "Swedish language")),
    "Scottish": (7, ("Scotland",), ("English", "Scots")),
    "German": (8, ("Germany", "West Germany"), ("German",)),
    "Mexican": (5, ("Mexico", "México"), ("Spanish", "Spanish and Nahuatl")),
    "Indian": (5, ("India",), ("English", "Hindi", "Bengali", "বাংলা")),
    "Italian": (4, ("Italy",), ("Italian",)),
    "Norwegian": (3, ("Norway",), ("Norwegian", "Norwegian (Bokmål)")),
    "Chinese": (3, ("China",), ("Chinese", "Classical Chinese")),
    "Polish": (2, ("Poland",), ("Polish",)),
    "Icelandic": (2, ("Iceland",), ("Icelandic", "Íslenska")),
    "Colombian": (2, ("Colombia",), ("Spanish",)),
}

ADJECTIVES = """
Absent Ancient Bitter Black Blind Blue Borrowed Bright Broken Burning Careful Cold Common Crooked
Crystal Dark Distant Divided Double Drowned Early Eastern Empty Endless Eternal Fallen Far Final
First Forgotten Free Frozen Gentle Gilded Glass Golden Gray Green Hidden Hollow Honest Hungry
Impossible Invisible Iron Last Late Little Lonely Long Lost Lucky Midnight Modern Naked Narrow New
Northern Obscure Old Open Other Pale Patient Perfect Plain Private Quiet Red Reluctant Restless
Rising Sacred Scarlet Second Secret Seventh Shallow Shining Silent Silver Simple Sleeping Small
Southern Stolen Strange Sudden Sunken Third Tidal Ugly Unfinished Unknown Velvet Violet Wandering
Western White Wicked Wild Winter Wooden Wounded Yellow Young
""".split()
NOUNS = """
Abbey Account Alphabet Anchor Angel Apple Archive Arrow Ash Atlas Autumn Bargain Bell Birch Bird
Boat Bone Border Bread Bridge Brother Candle Castle Cathedral Chain Chamber Child City Clock Cloud
Coast Code Compass Country Crossing Crow Crown Dancer Daughter Daybreak Desert Diary Door Dragon
Dream Drum Dust Eagle Earth Echo Edge Empire Engine Exile Falcon Farm Father Feather Feast Field
Fire Fish Flame Flood Flower Forest Fortress Fox Frontier Funeral Game Garden Gate Ghost Giant Gift
Girl Glacier Grass Guest Hand Harbor Harp Harvest Heart Heir Highway Hill Horizon Horse Hotel Hour
House Hunter Ice Inheritance Inn Island Journey Judge Key King Kingdom Knife Labyrinth Ladder Lake
Lamp Language Lantern Law Leaf Letter Library Light Lighthouse Lion Machine Map Market Mask Master
Meadow Memory Messenger Mill Mirror Monk Moon Morning Mother Mountain Museum Name Needle Night Oath
Ocean Orchard Orphan Owl Palace Paper Passage Path Pilgrim Planet Poet Prayer Prince Prisoner
Promise Queen Rain Raven Republic Ring River Road Root Rose Sailor Salt Sand Scholar School Sea
Season Seed Shadow Shepherd Ship Shore Signal Silence Sister Sky Smoke Snow Soldier Song Sparrow
Spring Stair Star Station Stone Storm Stranger Street Summer Sword Table Teacher Thief Thread
Throne Tide Tiger Tower Town Traveler Treasure Tree Truth Tunnel Valley Verdict Village Violin
Voice Voyage Wall Watch Water Wave Wedding Wheel Widow Wind Window Wing Winter Witness Wolf Woman
Wood World Year
""".split()
PLACES = """
Aberdeen Agadir Aleppo Andalucía Antwerp Arkansas Ávila Babylon Baltimore Bergen Berlin Bogotá
Bombay Boston Brooklyn Bruges Budapest Cairo Calcutta Canton Carthage Chicago Coimbra Córdoba
Cornwall Cracow Dakota Damascus Devon Dublin Düsseldorf Edinburgh Florence Galway Geneva Genoa Ghent
Granada Greenland Hamburg Havana Helsinki Iowa Istanbul Jerusalem Kansas Kent Kiev Kyoto Köln
Lancaster Leeds Leipzig León Lima Lisbon London Lyon Madrid Malmö Manhattan Marseille Memphis
Mérida Milan Montana Montréal Moscow Nairobi Naples Nevada Nîmes Odessa Ohio Oslo Oxford Palermo
Paris Prague Québec Ravenna Reykjavík Riga Rome Salem Samarkand Seville Shanghai Siena Stockholm
Sussex Tangier Texas Tokyo Trieste Utrecht Venice Verona Vienna Virginia Warsaw Yorkshire Zürich
""".split()
GIVEN_NAMES = """
Ada Agnes Alan Albert Alice Amos Anna Anton Arthur Astrid Beatrice Benjamin Bruno Carla Carmen
Cecil Clara Conrad Cora Daniel David Dora Edith Edmund Eileen Elena Elias Eliza Emil Emma Ernest
Esther Eva Félix Flora Francis Frank Frida George Gerald Grace Greta Hannah Harold Harriet Helen
Henry Hugo Ida Ingrid Irene Isaac Ivan Jack Jacob James Jane Joan John José Julia Karl Kate Laura
Lena Leo Lewis Lily Louis Lucy Lydia Magnus Marcus Margaret Maria Martha Martin Mary Max Miriam
Nadia Nathan Nina Nora Olga Oliver Oscar Patricia Paul Pauline Peter Philip Rachel René Richard
Robert Rosa Ruth Samuel Sara Simon Sofia Stella Susan Sven Sylvia Thomas Ursula Victor Vera
Walter William Zoë
""".split()
FAMILY_NAMES = """
Abbott Adler Almeida Anderson Archer Bailey Baker Barnes Becker Bell Bennett Berg Blake Borges
Bradley Brandt Brennan Brook Bäcker Calder Carter Castro Chapman Clarke Cole Cooper Costa Crane
Curtis Dahl Dawson Delgado Dixon Doyle Drake Dubois Eliot Ellis Evans Farrell Fischer Fleming Ford
Foster Fournier Fraser Gallagher García Gibson Grant Greene Gustafsson Hale Hansen Harper Hart
Hayes Herrera Hill Holm Hughes Hunt Ibsen Ivanov Jansen Jensen Johansson Jones Kane Keller Kelly
Kovács Kowalski Lambert Lang Larsen Lawson Lindqvist Lloyd López Lowell Lund Marsh Martin Mason
Mercer Meyer Miller Moore Morgan Morris Müller Murray Nakamura Nash Nielsen Novak Nuñez O'Brien
O'Neill Olsen Orlov Owen Palmer Parker Pérez Petrov Pierce Porter Price Quinn Ramos Reed Reyes
Rossi Rowe Russell Sanders Santos Sato Schmidt Shaw Silva Smith Sokolov Stone Strand Sørensen
Tanaka Taylor Thorne Turner Vargas Vogel Wagner Walker Wallace Ward Weaver Webb Weiss West White
Wilde Winter Wolfe Woods Wright Yamada Young Zimmermann
""".split()
