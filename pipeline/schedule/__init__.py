"""A batch every night: units of systemd, a line of a crontab, or a container file, printed or installed.

`auszug schedule` makes a `Plan` of its options; each format turns that into files (`systemd`, `cron`, `container`),
and `install` puts them where they belong, never over what somebody has changed by hand. (`harvest.schedule` is
something else: when a page is due.)
"""

from pipeline.schedule.plan import Plan, plan_of

__all__ = ["Plan", "plan_of"]
