"""Registers in a browser: duties, reporting-in, four lists, figures; a sighting from the street."""

from tests.browser.checks import check_page
from tests.browser.people import sign_in
from tests.factories import pictures

FIGURES = (
    "地方编码,指标编码,指标,数,约数词,单位,截至,来源\n"
    "{code},attendances,参加志愿服务,1000,余,人次,2025-06-30,报道\n"
)


def desk(page, rest):
    sign_in(page, "staff", to="/staff/")
    page.goto(page.url.rstrip("/") + rest)
    check_page(page)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


def test_a_rider_reports_what_they_see_and_the_community_takes_it(desktop, small_phone, tmp_path):
    desk(desktop, "/duties?kind=grid_roving")
    number = "NINGDE-000001"
    desktop.locator("input[name=volunteer_no]").fill(number)
    desktop.locator("select[name=kind]").select_option("grid_roving")
    press(desktop, "记下")
    desktop.get_by_text("记好了").wait_for()
    check_page(desktop)

    photo = tmp_path / "p.jpg"
    photo.write_bytes(pictures.photo(seed=7))
    sign_in(small_phone, "volunteer", to="/more")
    small_phone.get_by_text("随手拍", exact=True).click()
    small_phone.get_by_role("link", name="拍一个").click()
    small_phone.locator("input[name=photo]").set_input_files(str(photo))
    small_phone.locator("input[name=place_text]").fill("三号楼一单元门口")
    small_phone.locator("textarea[name=text]").fill("楼道灯不亮")
    check_page(small_phone)
    press(small_phone, "交给社区")
    small_phone.get_by_text("等社区看").wait_for()
    check_page(small_phone)

    desktop.goto(desktop.url.split("/duties")[0] + "/sightings")
    desktop.get_by_text("楼道灯不亮").wait_for()
    check_page(desktop)
    press(desktop, "收下")
    desktop.get_by_text("本人会收到消息").wait_for()
    small_phone.goto("/inbox")
    small_phone.get_by_text("随手拍收下了").first.wait_for()


def test_a_need_is_met_and_a_figure_keeps_its_source(desktop, small_phone, tmp_path):
    desk(desktop, "/lists/need")
    base = desktop.url.split("/lists")[0]
    numbers = {}
    for code, title in (("need", "三号楼楼道照明"), ("resource", "电工两名")):
        desktop.goto(f"{base}/lists/{code}")
        desktop.locator("input[name=title]").fill(title)
        press(desktop, "记进清单")
        numbers[code] = desktop.locator("nav[aria-label='在哪里'] p").inner_text().split("›")[-1]
    desktop.locator("input[name=other_number]").fill(numbers["need"].strip())
    press(desktop, "对接")
    desktop.get_by_role("link", name=numbers["need"].strip()).wait_for()
    check_page(desktop)
    for rest in ("/enlistments", "/coverage", "/grid-claims", "/lists/need"):
        desktop.goto(base + rest)
        check_page(desktop)

    sign_in(desktop, "administrator", to="/staff/")
    file = tmp_path / "figures.csv"
    file.write_text(FIGURES.format(code=base.rsplit("/", 1)[-1]))
    desktop.goto(f"{base}/figures/import")
    desktop.locator("input[name=file]").set_input_files(str(file))
    press(desktop, "先试一遍")
    desktop.get_by_role("button", name="导入 1 个").click()
    desktop.get_by_text("导入好了").wait_for()
    check_page(desktop)
    desktop.goto(f"{base}/figures")
    desktop.get_by_text("这里自己数：").first.click()
    desktop.get_by_text("准确数：").first.wait_for()
    check_page(desktop)
    small_phone.goto(f"/places/{base.rsplit('/', 1)[-1]}")
    small_phone.get_by_text("来源和以前的数").first.click()
    small_phone.get_by_text("报道").first.wait_for()
    check_page(small_phone)
