from bench.kit.data import cifar, digits
from bench.kit.data.files import read_by_loaders


def test_what_ships_with_packages_is_read_whatever_is_fetched(data_folder):
    found = read_by_loaders("embedded")
    assert {name for name, paths in found.items() if paths} == {
        "mnist (embedded)",
        "iris",
        "breast cancer",
        "photo flower",
        "photo china",
    }
    assert all(path.is_file() for paths in found.values() for path in paths)
    assert "mnist" not in found


def test_the_full_digits_are_four_files_packed_or_not(data_folder, write_mnist):
    assert read_by_loaders("full")["mnist"] == ()
    raw = write_mnist(data_folder)
    packed = raw / digits.FILES[1].name
    packed.rename(packed.with_name(packed.name + ".gz"))
    names = [path.name for path in read_by_loaders("full")["mnist"]]
    assert names == [file.name + ".gz" * (file is digits.FILES[1]) for file in digits.FILES]
    assert read_by_loaders("embedded").get("mnist") is None


def test_the_photographs_are_read_in_both_forms_for_embedded_takes_them_too(data_folder):
    batches = data_folder / cifar.BATCHES
    batches.mkdir(parents=True)
    for batch in cifar.FILES:
        assert read_by_loaders("full")["cifar10"] == ()  # a folder that is not whole is as good as none
        (batches / batch.name).write_bytes(b"")
    for form in ("embedded", "full"):
        assert read_by_loaders(form)["cifar10"] == tuple(batches / batch.name for batch in cifar.FILES)


def test_they_may_lie_in_one_file(data_folder):
    data_folder.mkdir()
    (data_folder / cifar.NPZ).write_bytes(b"")
    assert read_by_loaders("full")["cifar10"] == (data_folder / cifar.NPZ,)


def test_without_the_package_its_data_is_not_here(data_folder, monkeypatch):
    monkeypatch.setattr("bench.kit.data.packaged.find_spec", lambda name: None)
    assert not any(read_by_loaders("full").values())
