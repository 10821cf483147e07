from tests.databases import A
def test_x(store): assert A
