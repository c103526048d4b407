# The image of the market. One image, three uses: `market migrate`, `market serve`, `market worker`.
#
# It runs as an ordinary user on a read-only root file system; only /tmp and /var/lib/market (documents) are written to.
# Settings and secrets come from the environment at run time; none is in a layer. For production, pin the base:
#   docker build --build-arg BASE=python:3.13-slim@sha256:<digest> --tag technology-market .
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
RUN python -m venv /opt/market/venv
WORKDIR /opt/market/source
# The lock alone first: as long as it does not change, a change of ours does not install everything again.
COPY requirements.lock ./
RUN /opt/market/venv/bin/python -m pip install --require-hashes --requirement requirements.lock
# What is copied is listed in .dockerignore. Installed in place, as on a developer's machine: templates and data files
# are found where they were tested.
COPY . .
RUN /opt/market/venv/bin/python -m pip install --no-deps --no-build-isolation --editable . \
    && /opt/market/venv/bin/python -m compileall -q . \
    && chmod -R a+rX,go-w /opt/market

FROM ${BASE}
# LightGBM needs the OpenMP library of the system.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 market \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/market --shell /usr/sbin/nologin market \
    && install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/market /var/lib/market/keys
COPY --from=build /opt/market /opt/market
ENV PATH=/opt/market/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    NUMBA_CACHE_DIR=/tmp/numba \
    MARKET_FOLDER=/var/lib/market
USER 10001:10001
WORKDIR /var/lib/market
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-c", "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]
CMD ["market", "serve", "--host", "0.0.0.0", "--port", "8000"]
