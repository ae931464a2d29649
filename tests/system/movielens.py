"""MovieLens latest-small: digests of its files, and how much it holds."""

PUBLISHED_SHA256 = {
    "ratings.csv": "aa289ca83157595d0df6aea1be6a4ded676ddc4385472e8313a8ed9805352646",
    "movies.csv": "5a5f32dd9bb3797b8e728a1b98958789d2b13f294a69fdfbc5727f8a9611aa07",
}
SAME_WITH_UNIX_LINE_ENDS_SHA256 = {
    "ratings.csv": "e21ad9f97dc3c2a1b49bdb14611a120333e92c4bd09fdaf9854b398155b4b14b",
    "movies.csv": "c47b783f23eb304413307e1bb05335e427737da20ec8d3c0e96335567dd5f3dc",
}
SIZE_OF_MOVIELENS = {"read": 100_836, "users": 610, "items": 9742}
