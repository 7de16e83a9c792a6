"""The online providers a bank has configured (settings.GEOCODERS), each behind a breaker.

After a few failures in a row a provider is not asked for a while, so that a
sick one costs nobody's time and spends no quota.
"""

import time
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings

from whitelist.geocoding.asking import Answer, NoAnswer, Provider, QuotaSpent, Unavailable
from whitelist.geocoding.baidu import Baidu
from whitelist.geocoding.nominatim import Nominatim


class Breaker:
    """After `FAILURES` in a row nobody asks for a while, twice as long each time."""

    FAILURES = 3
    FIRST_WAIT, LONGEST_WAIT = 30.0, 1800.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._wait = self.FIRST_WAIT
        self._until = 0.0

    @property
    def is_open(self) -> bool:
        """Asking is pointless for now."""
        return self._clock() < self._until

    def succeeded(self) -> None:
        self._failures, self._wait = 0, self.FIRST_WAIT

    def failed(self, error: Unavailable) -> None:
        self._failures += 1
        if self._failures < self.FAILURES and not isinstance(error, QuotaSpent):
            return
        self._until = self._clock() + max(self._wait, min(error.retry_after, 24 * 3600))
        self._wait = min(self._wait * 2, self.LONGEST_WAIT)


class Online:
    """The configured providers, in order, each behind its breaker."""

    def __init__(self, providers: list[Provider]) -> None:
        self.providers = [(provider, Breaker()) for provider in providers]

    @property
    def is_open(self) -> bool:
        """No provider is to be asked for now."""
        return all(breaker.is_open for _, breaker in self.providers)

    def ask(self, address: str) -> Answer:
        """The finest answer of the first provider that has one.

        Raises:
            NoAnswer: at least one provider answered, and none knows.
            Unavailable: none answered.
        """
        unknown: NoAnswer | None = None
        sick: Unavailable | None = None
        for provider, breaker in self.providers:
            if breaker.is_open:
                continue
            try:
                answer = provider.ask(address)
            except Unavailable as error:
                breaker.failed(error)
                sick = error
            except NoAnswer as error:
                breaker.succeeded()
                unknown = error
            else:
                breaker.succeeded()
                return answer
        raise unknown or sick or Unavailable("在线地址服务暂停使用")


def configured() -> Online | None:
    """What settings.GEOCODERS names; None when nothing is configured.

    One for the whole process: a breaker that opened in one job is open in the next.
    """
    return _online(
        tuple(settings.GEOCODERS),
        settings.NOMINATIM_URL,
        settings.BAIDU_URL,
        settings.BAIDU_KEY,
        settings.BAIDU_SECRET,
    )


@lru_cache(maxsize=1)
def _online(
    names: tuple[str, ...], nominatim_url: str, baidu_url: str, baidu_key: str, baidu_secret: str
) -> Online | None:
    providers: list[Provider] = []
    for name in names:
        if name == "nominatim" and nominatim_url:
            providers.append(Nominatim(nominatim_url))
        elif name == "baidu" and baidu_key:
            providers.append(Baidu(baidu_url, baidu_key, baidu_secret))
    return Online(providers) if providers else None
