# The Hub, which starts its own proxy, as JupyterHub's example has them. The parent has Node.js and the proxy.
ARG PARENT
FROM ${PARENT}
USER root
COPY uv /tmp/uv
COPY wheels /tmp/wheels
RUN python3 -m venv --without-pip /opt/venv \
    && /tmp/uv pip install --quiet --python /opt/venv --no-cache --offline --no-index --find-links /tmp/wheels \
        --compile-bytecode jupyterhub dockerspawner \
    && rm -rf /tmp/uv /tmp/wheels \
    && printf '#!/bin/sh\nexec /usr/bin/node /opt/proxy/node_modules/configurable-http-proxy/bin/configurable-http-proxy "$@"\n' \
        > /usr/local/bin/configurable-http-proxy \
    && chmod 0755 /usr/local/bin/configurable-http-proxy && mkdir -p /data /srv/jupyterhub
COPY jupyterhub_config.py /srv/jupyterhub/jupyterhub_config.py
ENV HOME=/root PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 NODE_ENV=
WORKDIR /srv/jupyterhub
ENTRYPOINT []
CMD ["jupyterhub", "-f", "/srv/jupyterhub/jupyterhub_config.py"]
