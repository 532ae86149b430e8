# The app as a container: a Hugging Face Space (sdk: docker) or any host.
#
#   docker build -t vae-studio . && docker run -p 7860:7860 vae-studio
#
# TORCH_INDEX chooses the torch wheels: the CPU's by default, a CUDA index such as
# https://download.pytorch.org/whl/cu130 for a GPU, empty for pip's default index.
FROM python:3.11-slim

ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    GRADIO_SERVER_NAME=0.0.0.0 \
    GRADIO_ANALYTICS_ENABLED=False \
    VAE_CHECKPOINTS=/home/user/app/checkpoints

# Spaces run as user 1000, which must own its home.
RUN useradd --create-home --uid 1000 user
WORKDIR /home/user/app

# The large wheels first, so that a change of the code does not fetch them again. torch and
# torchvision come from one index: builds of two kinds do not work together.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "torch>=2.11" "torchvision>=0.26"
ENV PATH=/opt/venv/bin:$PATH

COPY pyproject.toml README.md LICENSE app.py ./
COPY vae_core vae_core
RUN pip install -e .
COPY checkpoints checkpoints
RUN chown -R user:user /home/user

USER user
EXPOSE 7860
CMD ["python", "app.py", "--port", "7860"]
